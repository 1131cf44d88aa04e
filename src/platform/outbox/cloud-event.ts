import { createHash } from 'node:crypto';

/** An event as it lies in the outbox. */
export interface OutboxEvent {
  readonly id: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly type: string;
  /** JSON text. */
  readonly payload: string;
  readonly traceId: string;
  readonly createdAt: Date;
}

/**
 * An event as it is told to others: CloudEvents 1.0 (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md)
 * with the extensions `sequence`, `partitionkey` and, where the trace has the form of one of W3C's, `traceparent`.
 */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  /** RFC 3339. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** The version within the subject, with leading zeros, so that it can be ordered as text. */
  readonly sequence: string;
  readonly partitionkey: string;
  readonly traceid: string;
  readonly traceparent?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const SEQUENCE_DIGITS = 10;
const W3C_TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;

export function cloudEvent(event: OutboxEvent, source: string): CloudEvent {
  const data: Readonly<Record<string, unknown>> = JSON.parse(event.payload);
  const traceparent = traceparentOf(event);
  return {
    specversion: '1.0',
    id: event.id,
    source,
    type: event.type,
    subject: event.aggregateId,
    time: event.createdAt.toISOString(),
    datacontenttype: 'application/json',
    sequence: sequenceOf(event.version),
    partitionkey: event.aggregateId,
    traceid: event.traceId,
    ...(traceparent === undefined ? {} : { traceparent }),
    data,
  };
}

/** A version as text that can be ordered. */
export function sequenceOf(version: number): string {
  return String(version).padStart(SEQUENCE_DIGITS, '0');
}

/**
 * https://www.w3.org/TR/trace-context/#traceparent-header. The event itself is the parent of what a receiver does. Not
 * sampled: we send no spans anywhere.
 */
function traceparentOf({ id, traceId }: OutboxEvent): string | undefined {
  const trace = traceId.replaceAll('-', '').toLowerCase();
  if (!W3C_TRACE_ID.test(trace)) return undefined;
  return `00-${trace}-${createHash('sha256').update(id).digest('hex').slice(0, 16)}-00`;
}
