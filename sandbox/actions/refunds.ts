import type Stripe from 'stripe';
import { formatAmount } from '../domain/currencies.js';
import type { Charge, Refund, RefundStatus, Tables } from '../domain/records.js';
import { isLive, newRefund, refundedBy } from '../domain/refund.js';
import { invalidRequest } from '../domain/stripe-error.js';
import type { Aftermath } from '../domain/test-methods.js';
import type { Transaction } from '../transaction.js';
import { getCharge } from './find.js';
import { storedMethod } from './payment-methods.js';

export interface RefundRequest {
  /** Minor units; absent: all that is left. */
  readonly amount: number | null;
  readonly reason: string | null;
  readonly metadata: Stripe.Metadata;
}

/** Gives money of a captured charge back. What happens next depends on the test method that paid. */
export function createRefund(tx: Transaction, charge: Charge, asked: RefundRequest, settleMs: number): Refund {
  const left = refundableAmount(charge);
  const amount = asked.amount ?? left;
  if (amount > left) throw tooMuch(charge, amount, left);
  const { aftermath } = storedMethod(tx, charge.payment_method ?? '', 'payment_method').test;
  const status = aftermath === 'refund_pending' ? 'pending' : 'succeeded';
  const refund = newRefund(charge, { amount, reason: asked.reason, metadata: asked.metadata, status }, tx.now);
  const refunded = refundedBy(charge, amount);
  tx.put('refund', refund.id, { refund, settles: settlementOf(aftermath, tx.nowMs + settleMs) });
  tx.put('charge', refunded.id, refunded);
  tx.emit('refund.created', refund);
  tx.emit('charge.refunded', refunded, { amount_refunded: charge.amount_refunded, refunded: charge.refunded });
  return refund;
}

function settlementOf(aftermath: Aftermath, atMs: number): Tables['refund']['settles'] {
  if (aftermath === 'refund_pending') return { status: 'succeeded', atMs };
  return aftermath === 'refund_fails' ? { status: 'failed', atMs } : null;
}

function refundableAmount(charge: Charge): number {
  if (charge.status !== 'succeeded')
    throw invalidRequest(`Charge ${charge.id} has not been paid and cannot be refunded.`);
  if (!charge.captured) {
    throw invalidRequest(
      `This charge has not been captured. Cancel the PaymentIntent ${charge.payment_intent} instead of refunding it.`,
    );
  }
  if (charge.disputed) {
    throw invalidRequest(`Charge ${charge.id} has been charged back; cannot issue a refund.`, {
      code: 'charge_disputed',
    });
  }
  if (charge.refunded) {
    throw invalidRequest(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' });
  }
  return charge.amount_captured - charge.amount_refunded;
}

// Stripe answers this one without a code.
function tooMuch(charge: Charge, amount: number, left: number): Error {
  const asked = formatAmount(amount, charge.currency);
  const whole = charge.amount_refunded === 0;
  return invalidRequest(
    whole
      ? `Refund amount (${asked}) is greater than charge amount (${formatAmount(left, charge.currency)})`
      : `Refund amount (${asked}) is greater than unrefunded amount on charge (${formatAmount(left, charge.currency)})`,
    { param: 'amount' },
  );
}

/** Moves a refund on, for example from pending to succeeded or from succeeded to failed; a dead one gives its amount free. */
export function settleRefund(tx: Transaction, row: Tables['refund'], status: RefundStatus): Refund {
  const { refund } = row;
  if (!isLive(refund.status)) throw invalidRequest(`Refund ${refund.id} is ${refund.status} and stays so.`);
  const { pending_reason: _reason, ...settled } = refund;
  const moved: Refund = { ...settled, status, ...(status === 'failed' ? { failure_reason: 'unknown' } : {}) };
  tx.put('refund', moved.id, { refund: moved, settles: null });
  if (!isLive(status)) {
    const charge = refundedBy(getCharge(tx, refund.charge), -refund.amount);
    tx.put('charge', charge.id, charge);
  }
  tx.emit('refund.updated', moved, { status: refund.status });
  if (status === 'failed') tx.emit('refund.failed', moved);
  return moved;
}

/** The API's cancel: only a refund that waits for the customer can be canceled. */
export function cancelRefund(tx: Transaction, row: Tables['refund']): Refund {
  if (row.refund.status !== 'requires_action') {
    throw invalidRequest(
      `Refund ${row.refund.id} has a status of ${row.refund.status}. Only a refund with the status requires_action can be canceled.`,
    );
  }
  return settleRefund(tx, row, 'canceled');
}
