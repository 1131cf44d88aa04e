import { STATUS_CODES } from 'node:http';
import type { DomainError, ErrorKind } from '../../kernel/domain-error.js';
import type { RequestIds } from './request-ids.js';

const STATUS_OF: Readonly<Record<ErrorKind, number>> = {
  bad_request: 400,
  refused: 400,
  unauthorized: 401,
  payment_declined: 402,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  invalid: 422,
  rate_limited: 429,
  defect: 500,
  unavailable: 503,
};

export const PROBLEM_CONTENT_TYPE = 'application/problem+json; charset=utf-8';

export function statusOf(kind: ErrorKind): number {
  return STATUS_OF[kind];
}

/** The problem document of an error, as RFC 9457 describes it, with the facts of the error as further members. */
export function presentProblem(error: DomainError, request: RequestIds & { readonly instance: string }): object {
  const status = statusOf(error.kind);
  return {
    type: `urn:holdfast:problem:${error.code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: error.message,
    instance: request.instance,
    code: error.code,
    request_id: request.requestId,
    trace_id: request.traceId,
    ...error.details,
  };
}
