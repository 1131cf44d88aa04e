// News across the border of the house: what the payment provider tells us is stored, then applied below.
// Decides nothing about orders or money; it hands facts to the rooms that do.
export { WebhooksJobsModule, WebhooksModule } from './webhooks.module.js';
