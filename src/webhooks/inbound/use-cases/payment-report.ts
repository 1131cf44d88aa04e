import { z } from 'zod';
import type { PaymentReport } from '../../../checkout/index.js';
import { isCurrency } from '../../../kernel/currencies.js';
import { isId, type OrderId } from '../../../kernel/id.js';
import type { WebhookEvent } from '../domain/webhook-event.js';

/** A text that PostgreSQL, logs and people can hold: neither control characters nor halves of a character. */
export const PRINTABLE = /^[^\p{Cc}\p{Cs}]{1,255}$/u;

const orderId = z
  .string()
  .refine((id): id is OrderId => isId('ord', id), 'must be the id of an order')
  .describe('The order, `ord_…`.');
const transactionId = z
  .string()
  .regex(PRINTABLE, 'must be 1 to 255 printable characters')
  .nullish()
  .describe(
    'Which payment it was. For an order with provider `stripe` the id of its intent, `pi_…`, or our own of the payment, `pay_…`; for a `manual` order whatever the system that took the money calls it, one for each payment. Without it: the only payment of the order.',
  );
const amount = z.int().min(1).describe('What was taken, in minor units of `currency`.');
const currency = z
  .string()
  .transform((code) => code.toLowerCase())
  .refine(isCurrency, 'must be a three-letter ISO 4217 code that Stripe knows')
  .describe('ISO 4217, in either case.');
const declineCode = z
  .string()
  .regex(PRINTABLE, 'must be 1 to 255 printable characters')
  .nullish()
  .describe('Why, in the words of who declined.');

/** The data of the broker's events about payments, by type. Members that are not named here are left alone. */
export const REPORT_DATA = {
  'payment.succeeded': z.object({
    order_id: orderId,
    amount_cents: amount,
    currency,
    payment_transaction_id: transactionId,
  }),
  'payment.failed': z.object({
    order_id: orderId,
    payment_transaction_id: transactionId,
    decline_code: declineCode,
  }),
} as const;

const envelope = z.object({ data: z.unknown() });

/** What an event in the inbox reports. Throws where its data are not as {@link REPORT_DATA} says. */
export function reportOf({ type, payload, providerCreatedAt }: WebhookEvent): PaymentReport {
  const { data } = envelope.parse(JSON.parse(payload));
  if (type === 'payment.failed') {
    const read = REPORT_DATA['payment.failed'].parse(data);
    return { ...commonOf(read, providerCreatedAt), kind: 'failed', declineCode: read.decline_code ?? null };
  }
  const read = REPORT_DATA['payment.succeeded'].parse(data);
  const money = { amount: read.amount_cents, currency: read.currency };
  return { ...commonOf(read, providerCreatedAt), kind: 'succeeded', money };
}

function commonOf(
  read: { readonly order_id: OrderId; readonly payment_transaction_id?: string | null | undefined },
  occurredAt: Date,
) {
  return { orderId: read.order_id, transactionId: read.payment_transaction_id ?? null, occurredAt };
}
