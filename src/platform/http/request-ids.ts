import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { looksLikeCardNumber } from './card-number.js';

/** `traceId` follows one piece of work across services; `requestId` names this one request. */
export interface RequestIds {
  readonly traceId: string;
  readonly requestId: string;
}

const USABLE_TRACE_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;
const NO_TRACE = '0'.repeat(32);

/** The caller's trace id, from X-Trace-ID or W3C traceparent, where it is usable; otherwise a new one. */
export function identifyRequest(headers: IncomingHttpHeaders): RequestIds {
  return { traceId: givenTraceId(headers) ?? newTraceId(), requestId: `req_${randomUUID()}` };
}

/** Node draws the randomness of UUIDs in advance, many at a time: bytes of one's own cost a system call each. */
function newTraceId(): string {
  return randomUUID().replaceAll('-', '');
}

function givenTraceId(headers: IncomingHttpHeaders): string | undefined {
  const own = headers['x-trace-id'];
  if (typeof own === 'string' && USABLE_TRACE_ID.test(own) && !looksLikeCardNumber(own)) return own;
  const parent = typeof headers['traceparent'] === 'string' ? TRACEPARENT.exec(headers['traceparent'])?.[1] : undefined;
  return parent === NO_TRACE ? undefined : parent;
}
