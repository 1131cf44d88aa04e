import type { PaymentFact } from '../../payments/index.js';
import type { RefundFact } from '../../refunds/index.js';
import type { ReceivedEvent } from '../../webhooks/index.js';
import type { Period } from '../domain/days.js';
import type { Entry } from '../domain/difference.js';

export const PROVIDER_BOOKS = Symbol('PROVIDER_BOOKS');

/** A line of a list at the provider. */
export interface ListedEntry {
  /** Of the intent, of the refund, or of a charge that has no intent. */
  readonly providerId: string;
  /** Our payment or refund, where the object names one in its metadata. */
  readonly ownId: string | null;
  readonly entry: Entry;
  readonly createdAt: Date;
}

/** How a payment stands at the provider; `fact` is null for a charge without an intent, which is none of ours. */
export interface ProviderPayment {
  readonly entry: Entry;
  readonly paymentId: string | null;
  readonly fact: PaymentFact | null;
}

/** How a refund stands at the provider. */
export interface ProviderRefund {
  readonly entry: Entry;
  /** Our refund, where it names one and may still be the money of that one: a failed one may have been begun anew. */
  readonly refundId: string | null;
  readonly fact: RefundFact;
}

/**
 * What the provider has in its books. Outside: never call it in a transaction. Everything throws where the provider does
 * not answer in time, and where a list is longer than anybody can compare.
 */
export interface ProviderBooks {
  /** Whether there is a provider to ask at all. */
  readonly isConfigured: boolean;
  /** Payments by the time of their charge, newest first, page by page. */
  payments(period: Period): AsyncIterable<readonly ListedEntry[]>;
  refunds(period: Period): AsyncIterable<readonly ListedEntry[]>;
  /** Events of the types that we handle and that did not reach every receiver, newest first, page by page. */
  undeliveredEvents(period: Period): AsyncIterable<readonly ReceivedEvent[]>;
  /** How a payment stands now; undefined where the provider has no such thing. */
  findPayment(providerId: string): Promise<ProviderPayment | undefined>;
  findRefund(providerId: string): Promise<ProviderRefund | undefined>;
}
