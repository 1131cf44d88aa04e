import { domainError } from '../../kernel/domain-error.js';

export interface FieldFault {
  readonly field: string;
  readonly message: string;
}

export class ValidationFailed extends domainError({
  code: 'validation_failed',
  kind: 'invalid',
  summary:
    'A member of the body, query or path is missing, unknown or out of range. `errors` lists each with its reason.',
}) {
  constructor(faults: readonly FieldFault[]) {
    const [first] = faults;
    super(first ? `${first.field}: ${first.message}` : 'The request is not acceptable.', { errors: faults });
  }
}

export class MalformedJson extends domainError({
  code: 'malformed_json',
  kind: 'bad_request',
  summary: 'The body is not JSON.',
}) {
  constructor() {
    super('The body is not JSON that can be parsed.');
  }
}

export class BadRequest extends domainError({
  code: 'bad_request',
  kind: 'bad_request',
  summary: 'The request is not well-formed HTTP: its URL, headers or length do not fit.',
}) {}

export class RouteNotFound extends domainError({
  code: 'not_found',
  kind: 'not_found',
  summary: 'No such route, or no such thing, or it is somebody else’s.',
}) {}

export class MethodNotAllowed extends domainError({
  code: 'method_not_allowed',
  kind: 'method_not_allowed',
  summary: 'The path exists, but not with this method. `allowed_methods` and the `Allow` header list those that work.',
}) {
  constructor(method: string, allowed: readonly string[]) {
    super(`${method} is not possible here, only ${allowed.join(', ')}.`, { allowed_methods: allowed });
  }
}

export class PayloadTooLarge extends domainError({
  code: 'payload_too_large',
  kind: 'payload_too_large',
  summary: 'The body is larger than 256 kB.',
}) {
  constructor() {
    super('A body may have at most 256 kB.');
  }
}

export class UnsupportedMediaType extends domainError({
  code: 'unsupported_media_type',
  kind: 'unsupported_media_type',
  summary: 'The body is not `application/json`.',
}) {
  constructor() {
    super('Send the body as application/json in UTF-8.');
  }
}

export class RateLimited extends domainError({
  code: 'rate_limited',
  kind: 'rate_limited',
  summary: 'Too many requests of one principal or address in a minute. Wait `Retry-After` seconds.',
}) {
  constructor(retryAfterSeconds: number) {
    super(`Too many requests. Try again in ${retryAfterSeconds} s.`, { retry_after_seconds: retryAfterSeconds });
  }
}

export class ServiceUnavailable extends domainError({
  code: 'service_unavailable',
  kind: 'unavailable',
  summary:
    'The database, or the key set that tokens are checked with, cannot be reached or is too busy. Repeat after `Retry-After` seconds.',
}) {
  constructor(cause: unknown) {
    super(
      'The service cannot answer just now. Repeat the request in a few seconds.',
      { retry_after_seconds: 2 },
      { cause },
    );
  }
}

export class InternalError extends domainError({
  code: 'internal_error',
  kind: 'defect',
  summary: 'A defect of ours. The `request_id` finds it in the log.',
}) {
  constructor(cause: unknown) {
    super('Something went wrong on our side. The request_id finds it in the log.', {}, { cause });
  }
}
