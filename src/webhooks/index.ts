// News across the border of the house: what the payment provider tells us is stored, then applied below; what happened here is
// told to others.
// Decides nothing about orders or money; it hands facts to the rooms that do.
export { brokerModules } from './broker/broker-modules.js';
export { HANDLED_EVENT_TYPES } from './inbound/domain/event-topic.js';
export type { ReceivedEvent } from './inbound/domain/webhook-event.js';
export { readStripeEvent } from './inbound/gateway/stripe-event.js';
export { InboundModule } from './inbound/inbound.module.js';
export { ReceiveEvent } from './inbound/use-cases/receive-event.use-case.js';
export { WebhooksJobsModule, WebhooksModule } from './webhooks.module.js';
