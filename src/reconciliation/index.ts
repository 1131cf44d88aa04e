// The books compared with the payment provider's: events that no webhook brought, and each day's payments and refunds.
// Never changes an order or a payment by itself; it tells what it learns to the rooms that do, and writes down the rest.
export { ReconciliationHttpModule, ReconciliationJobsModule } from './reconciliation.module.js';
