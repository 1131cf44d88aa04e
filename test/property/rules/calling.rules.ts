import type { Method, PaymentModel, UnheardCall } from '../world.js';
import { cancelIntent, confirmIntent, createIntent } from './intent.rules.js';

export interface Failing {
  readonly executed: boolean;
  readonly replay: 'error' | 'result';
}

export function newPayment(): PaymentModel {
  return {
    ...{ status: 'processing', captured: 0, hold: 0, known: -1, call: null, wasGivenUp: false },
    ...{ history: [], delivered: [], refunds: [] },
  };
}

/** The service asks Stripe for money. Where the answer is lost, the call stays open; otherwise there is something to learn. */
export function beginCall(
  payment: PaymentModel,
  action: 'create' | 'confirm',
  method: Method | null,
  mishap: Failing | null,
): void {
  payment.status = 'processing';
  payment.wasGivenUp = false;
  if (mishap === null || mishap.executed) execute(payment, { action, method });
  payment.call = mishap && { action, method, reason: null, ...mishap, at: payment.history.length - 1 };
}

/** The service asks Stripe to give the intent up. What came of it is to be learnt, unless the answer is lost. */
export function beginCancel(payment: PaymentModel, reason: string | null, mishap: Failing | null): void {
  const { executed, replay } = mishap ?? { executed: true, replay: 'result' };
  if (executed) cancelIntent(payment);
  payment.wasGivenUp = true;
  payment.call = { action: 'cancel', method: null, reason, executed, replay, at: payment.history.length - 1 };
}

/** The service writes down that the intent is to be given up, and leaves the call to whoever settles payments. */
export function leaveCancel(payment: PaymentModel, reason: string): void {
  payment.wasGivenUp = true;
  payment.call = { action: 'cancel', method: null, reason, executed: false, replay: 'result', at: -1 };
}

/** Stripe does what it was asked for. */
export function execute(payment: PaymentModel, { action, method }: Pick<UnheardCall, 'action' | 'method'>): void {
  if (action === 'create') createIntent(payment, method);
  else if (action === 'cancel') cancelIntent(payment);
  else if (method !== null) confirmIntent(payment, method);
}
