// A request with a key takes effect once, and every repeat gets the same answer.
// Never decides from Redis: the row in PostgreSQL is the claim.
export type { Claim } from './claim.js';
export { Answer, type AnswerContent, type IdempotentCall, type IdempotentRequest } from './idempotent-call.js';
export { Idempotency } from './idempotency.js';
export { IdempotencyKeyInvalid, IdempotencyKeyRequired } from './idempotency.errors.js';
export { IdempotencyModule } from './idempotency.module.js';
export { PruneIdempotencyKeys } from './prune-idempotency-keys.js';
