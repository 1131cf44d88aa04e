import { createHash } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { DomainError, ErrorKind } from '../../kernel/domain-error.js';
import { IdempotencyKeyInvalid, IdempotencyKeyRequired, type IdempotentCall } from '../idempotency/index.js';
import { canonicalJson } from './canonical-json.js';
import { looksLikeCardNumber } from './card-number.js';
import { ValidationFailed } from './http.errors.js';
import { type HttpRequest, pathOf } from './http-request.js';
import { presentProblem, statusOf } from './problem.js';

const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;

/** Refusals that a repeat of the very same request must get again. Others may pass: a token can be renewed. */
const REMEMBERED: ReadonlySet<ErrorKind> = new Set(['refused', 'payment_declined', 'conflict', 'invalid']);
const NEVER_REMEMBERED = new Set(['validation_failed', 'idempotency_key_reused', 'idempotency_key_in_use']);

/** What a controller passes to its use case so that the request takes effect once. */
export interface IdempotentHttpCall {
  /** Completes the call with the status and the presenter of a success. */
  answering<Result>(status: number, present: (result: Result) => object): IdempotentCall<Result>;
}

interface Options {
  /** The key may also stand in the body, as `idempotency_key`. */
  readonly inBody?: boolean;
}

/** The idempotent call of a request. Throws where the key is missing, malformed, or given twice with two values. */
export const Idempotent = createParamDecorator((options: Options | undefined, context: ExecutionContext) =>
  idempotentCall(context.switchToHttp().getRequest<HttpRequest>(), options ?? {}),
);

function idempotentCall(request: HttpRequest, options: Options): IdempotentHttpCall {
  const key = keyOf(request, options);
  const route = `${request.method} ${request.routeOptions.url ?? ''}`;
  const scope = `${request.principal?.kind === 'internal' ? 'internal' : (request.principal?.id ?? 'nobody')} ${route}`;
  const seen = [pathOf(request), canonicalJson(request.query), canonicalJson(request.body ?? {})].join('\n');
  const fingerprint = createHash('sha256').update(seen).digest('hex');
  const refuse = (error: DomainError) =>
    REMEMBERED.has(error.kind) && !NEVER_REMEMBERED.has(error.code)
      ? { status: statusOf(error.kind), body: presentProblem(error, { ...request.ids, instance: pathOf(request) }) }
      : undefined;
  return {
    answering: (status, present) => ({
      request: { scope, key, fingerprint },
      present: (result) => ({ status, body: present(result) }),
      refuse,
    }),
  };
}

function keyOf(request: HttpRequest, options: Options): string {
  const header = headerKey(request);
  const member = options.inBody ? bodyKey(request.body) : undefined;
  if (header !== undefined && member !== undefined && header !== member) {
    throw new ValidationFailed([{ field: 'idempotency_key', message: 'differs from the Idempotency-Key header' }]);
  }
  const key = header ?? member;
  if (key === undefined) throw new IdempotencyKeyRequired();
  if (!VISIBLE_ASCII.test(key) || looksLikeCardNumber(key)) throw new IdempotencyKeyInvalid();
  return key;
}

/** The header bare or as the quoted string of RFC 9651. */
function headerKey(request: HttpRequest): string | undefined {
  const header = request.headers['idempotency-key'];
  if (typeof header !== 'string') return undefined;
  return /^".*"$/.test(header) ? header.slice(1, -1) : header;
}

function bodyKey(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('idempotency_key' in body)) return undefined;
  const member = body.idempotency_key;
  if (member === undefined || member === null) return undefined;
  if (typeof member === 'string') return member;
  throw new ValidationFailed([{ field: 'idempotency_key', message: 'must be a string' }]);
}
