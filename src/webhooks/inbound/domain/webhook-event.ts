import type { Id } from '../../../kernel/id.js';

export type WebhookEventId = Id<'whe'>;

export const WEBHOOK_EVENT_STATUSES = [
  /** Stored, and waiting for the job or the sweep. */
  'received',
  'processed',
  /** Of a type that means nothing to us. */
  'ignored',
  /** About something that we do not know yet; it is tried again later. */
  'deferred',
  /** Given up after its attempts. A person may replay it. */
  'parked',
] as const;
export type WebhookEventStatus = (typeof WEBHOOK_EVENT_STATUSES)[number];

export const EVENT_PROVIDERS = [
  'stripe',
  /** Whoever may write to `payment.events` of the broker. */
  'broker',
] as const;
export type EventProvider = (typeof EVENT_PROVIDERS)[number];

/** What the provider said, before anything was made of it. */
export interface ReceivedEvent {
  readonly provider: EventProvider;
  /** The provider's id, the same in every repetition. */
  readonly providerEventId: string;
  readonly type: string;
  /** JSON text. */
  readonly payload: string;
  /** When it happened at the provider, to the second. */
  readonly providerCreatedAt: Date;
  /** Where it was read, `<topic>/<partition>/<offset>`; null where nobody could read it there again. */
  readonly origin: string | null;
}

/** An event of the provider and what became of it. */
export interface WebhookEvent extends ReceivedEvent {
  readonly id: WebhookEventId;
  readonly status: WebhookEventStatus;
  readonly attempts: number;
  readonly nextAttemptAt: Date | null;
  readonly lastError: string | null;
  readonly receivedAt: Date;
  readonly processedAt: Date | null;
}
