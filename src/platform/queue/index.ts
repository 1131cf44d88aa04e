// Work for later: BullMQ queues, and sweeps that do not depend on Redis.
// A job is a bell, never a truth: what it does it reads from PostgreSQL.
export { JobProcessor } from './job-processor.js';
export { QueueHealth } from './queue-health.js';
export { QueueModule } from './queue.module.js';
export {
  DELIVERIES_QUEUE,
  PAYMENTS_QUEUE,
  QUEUES,
  REFUNDS_QUEUE,
  RESERVATIONS_QUEUE,
  WEBHOOKS_QUEUE,
} from './queue-names.js';
export { Sweep } from './sweep.js';
