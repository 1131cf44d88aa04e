import type { Id } from '../../../kernel/id.js';
import type { WebhookEndpointId } from './endpoint.js';

export type DeliveryId = Id<'del'>;

export const DELIVERY_STATUSES = [
  /** Behind an earlier event about the same thing, which this endpoint has not received yet. */
  'waiting',
  /** To be sent at `next_attempt_at`. */
  'pending',
  'delivered',
  /** Given up after its attempts. A person may replay it. */
  'failed',
] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** One event on its way to one endpoint, and what became of the last attempt. */
export interface Delivery {
  readonly id: DeliveryId;
  readonly endpointId: WebhookEndpointId;
  readonly eventId: string;
  readonly eventType: string;
  /** Events of one lane are received in the order of their versions, each endpoint going by itself. */
  readonly lane: string;
  readonly version: number;
  /** JSON text, the same bytes at every attempt. */
  readonly body: string;
  readonly status: DeliveryStatus;
  /** How often it was sent since it was made or replayed. */
  readonly attempts: number;
  readonly nextAttemptAt: Date | null;
  readonly lastAttemptAt: Date | null;
  readonly requestHeaders: Readonly<Record<string, string>> | null;
  /** Null where there was no answer. */
  readonly responseStatus: number | null;
  /** The first characters of the answer's body. */
  readonly responseExcerpt: string | null;
  readonly durationMs: number | null;
  readonly lastError: string | null;
  /** When it was received for the first time; a replay leaves it. */
  readonly deliveredAt: Date | null;
  readonly createdAt: Date;
}

/** What one attempt brought. */
export interface Receipt {
  readonly sentAt: Date;
  readonly headers: Readonly<Record<string, string>>;
  readonly durationMs: number;
  readonly status: number | null;
  readonly excerpt: string | null;
  readonly error: string | null;
  /** What the receiver asked for, as it asked for it. */
  readonly retryAfterSeconds: number | null;
}
