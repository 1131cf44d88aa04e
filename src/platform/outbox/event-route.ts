import type { Tx } from '../database/index.js';
import type { OutboxEvent } from './cloud-event.js';

/** An event that has its place in the feed. */
export interface PublishedEvent extends OutboxEvent {
  readonly position: number;
}

/** The subscribers of this process, see {@link EventSubscriber}. */
export const EVENT_SUBSCRIBERS = Symbol('EVENT_SUBSCRIBERS');

/** The transports of this process, see {@link EventTransport}. */
export const EVENT_TRANSPORTS = Symbol('EVENT_TRANSPORTS');

/** Somebody who writes down in our own database what is to be done about events, such as deliveries to webhooks. */
export interface EventSubscriber {
  /**
   * Runs in the transaction that publishes the events, so that each is taken exactly once. By ascending position. Only
   * statements on the database, a few for all of them together: all other events wait. Where it throws nothing is published.
   */
  receive(tx: Tx, events: readonly PublishedEvent[]): Promise<void>;
}

/** An event that a transport would not take, and why. */
export interface Refusal {
  readonly id: string;
  readonly reason: string;
}

/** A way out of the house over the network, such as a broker. What it has taken it may be given again. */
export interface EventTransport {
  /** For logs. */
  readonly name: string;
  /**
   * Sends events by ascending position and answers those that it would not take. Once it refused an event it may not take
   * later ones of the same `aggregateId` from these either: they would come before it. Throws where nothing can be sent at
   * all just now; then none of them counts as tried. Gives up when the signal says so.
   */
  publish(events: readonly PublishedEvent[], signal: AbortSignal): Promise<readonly Refusal[]>;
}
