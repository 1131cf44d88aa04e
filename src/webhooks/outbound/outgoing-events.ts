import { cloudEvent, type OutboxEvent } from '../../platform/outbox/index.js';
import { laneOf, type OutgoingEvent } from './domain/outgoing-event.js';

/** An event in the form in which webhooks carry it, which is that of docs/events.md. */
export function outgoingEvent(event: OutboxEvent, source: string): OutgoingEvent {
  const { id, type, version } = event;
  return { id, type, version, lane: laneOf(event), body: JSON.stringify(cloudEvent(event, source)) };
}
