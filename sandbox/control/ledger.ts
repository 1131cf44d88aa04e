import type { Account } from '../account.js';
import type { Charge, Refund } from '../domain/records.js';

/** Every charge and refund ever made and every call, for tests that count what really happened. Amounts in minor units. */
export function ledgerOf(account: Account): object {
  const calls = account.entries('call').map(([name, { count }]): [string, number] => [name, count]);
  return {
    charges: account.all('charge').map((charge) => chargeLine(account, charge)),
    refunds: account.all('refund').map(({ refund }) => refundLine(refund)),
    calls: Object.fromEntries(calls),
  };
}

function chargeLine(account: Account, charge: Charge): object {
  const metadata = account.find('payment_intent', charge.payment_intent)?.metadata ?? charge.metadata;
  return {
    id: charge.id,
    payment_intent: charge.payment_intent,
    amount: charge.amount,
    currency: charge.currency,
    order_id: metadata['order_id'] ?? null,
    payment_id: metadata['payment_id'] ?? null,
    captured: charge.amount_captured,
    refunded: charge.amount_refunded,
    status: charge.status,
    created: charge.created,
  };
}

function refundLine(refund: Refund): object {
  return {
    id: refund.id,
    charge: refund.charge,
    payment_intent: refund.payment_intent,
    amount: refund.amount,
    currency: refund.currency,
    refund_id: refund.metadata['refund_id'] ?? null,
    reason: refund.reason,
    status: refund.status,
    created: refund.created,
  };
}
