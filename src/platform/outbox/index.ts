// Events, written beside the change that they announce, and their way out: into the feed in order, to subscribers in our
// own database, to transports over the network.
// Never knows what an event means, nor what its data are.
export { type CloudEvent, cloudEvent, type OutboxEvent, sequenceOf } from './cloud-event.js';
export { DeadLetters } from './dead-letters.js';
export {
  EVENT_SUBSCRIBERS,
  EVENT_TRANSPORTS,
  type EventSubscriber,
  type EventTransport,
  type PublishedEvent,
  type Refusal,
} from './event-route.js';
export { Outbox } from './outbox.js';
export type { DeadLetter } from './outbox-sending.repository.js';
export { OutboxEar } from './outbox-ear.js';
export { OutboxMetrics } from './outbox-metrics.js';
export { OutboxModule } from './outbox.module.js';
export { PruneOutbox } from './prune-outbox.js';
export { PublishEvents } from './publish-events.js';
export { RelayLoop } from './relay-loop.js';
export { SendEvents } from './send-events.js';
