import { z } from 'zod';
import type { IntentReading } from '../../../payments/index.js';
import type { RefundReading } from '../../../refunds/index.js';

// What has to be known of the objects inside of events (https://docs.stripe.com/api/events/types). They come in the version
// of the API that the endpoint is set to, so nothing is asked for that a version before or after ours may lack.

const reference = z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)]).nullish();
const metadata = z.record(z.string(), z.string()).nullish();
const minor = z.number().int();

const intent = z.object({
  id: z.string(),
  status: z.string(),
  amount: minor,
  amount_received: minor.default(0),
  currency: z.string(),
  metadata,
  last_payment_error: z
    .object({ code: z.string().optional(), decline_code: z.string().optional() })
    .nullish()
    .transform((error) => error ?? null),
});

const refund = z.object({
  id: z.string(),
  amount: minor,
  currency: z.string(),
  status: z.string().nullable(),
  reason: z.string().nullish(),
  failure_reason: z.string().optional(),
  payment_intent: reference,
  metadata,
});

const charge = z.object({
  captured: z.boolean(),
  amount_refunded: minor,
  payment_intent: reference,
});

const dispute = z.object({ id: z.string(), payment_intent: reference });

const event = z.object({ data: z.object({ object: z.unknown() }) });

/** The object that an event is about. Throws where the stored text is none. */
export function objectOf(payload: string): unknown {
  return event.parse(JSON.parse(payload)).data.object;
}

export function readIntent(object: unknown): IntentReading & { readonly paymentId: string | null } {
  const read = intent.parse(object);
  return { ...read, paymentId: read.metadata?.['payment_id'] ?? null };
}

export function readRefund(object: unknown): RefundReading {
  const read = refund.parse(object);
  return {
    ...read,
    reason: read.reason ?? null,
    payment_intent: read.payment_intent ?? null,
    metadata: read.metadata ?? null,
  };
}

export interface RefundedCharge {
  /** How much of it went back, in minor units; 0 for an authorization that was released without any money. */
  readonly refunded: number;
  readonly intentId: string | null;
}

export function readRefundedCharge(object: unknown): RefundedCharge {
  const read = charge.parse(object);
  return { refunded: read.captured ? read.amount_refunded : 0, intentId: read.payment_intent ?? null };
}

export function readDispute(object: unknown): { readonly intentId: string | null } {
  return { intentId: dispute.parse(object).payment_intent ?? null };
}
