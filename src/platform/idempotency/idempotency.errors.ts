import { domainError } from '../../kernel/domain-error.js';

export class IdempotencyKeyRequired extends domainError({
  code: 'idempotency_key_required',
  kind: 'bad_request',
  summary: 'The route changes stock or money and needs an `Idempotency-Key` header. Send a fresh key for each intent.',
}) {
  constructor() {
    super('This request needs an Idempotency-Key header: a key of your own, the same one when you repeat the request.');
  }
}

export class IdempotencyKeyInvalid extends domainError({
  code: 'idempotency_key_invalid',
  kind: 'bad_request',
  summary: 'The idempotency key is not 1 to 255 visible ASCII characters, bare or in double quotes.',
}) {
  constructor() {
    super('An Idempotency-Key is 1 to 255 visible ASCII characters, bare or in double quotes.');
  }
}

export class IdempotencyKeyReused extends domainError({
  code: 'idempotency_key_reused',
  kind: 'invalid',
  summary: 'The key was used for another request. Nothing was executed. Use a fresh key for a new intent.',
}) {
  constructor() {
    super('This idempotency key belongs to a request with another path or body. Nothing was executed.');
  }
}

export class IdempotencyKeyInUse extends domainError({
  code: 'idempotency_key_in_use',
  kind: 'conflict',
  summary: 'The first request with this key is still running. Repeat it after `Retry-After` seconds.',
}) {
  constructor() {
    super('A request with this idempotency key is still running. Repeat it in a second.', { retry_after_seconds: 1 });
  }
}
