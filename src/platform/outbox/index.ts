// Events, written beside the change that they announce.
// Never publishes: that is a relay's work, at least once and in order per aggregate.
export { Outbox } from './outbox.js';
export { OutboxModule } from './outbox.module.js';
