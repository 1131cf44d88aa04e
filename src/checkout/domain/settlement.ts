/** What has to be known of an order to say what a payment does to it. */
export interface SettlingOrder {
  readonly status: string;
  readonly paymentStatus: string;
  readonly paymentTransactionId: string | null;
}

export interface SettlingPayment {
  readonly id: string;
  readonly amount: number;
  readonly currency: string;
}

export interface SettlingFact {
  readonly kind: 'open' | 'processing' | 'requires_action' | 'authorized' | 'succeeded' | 'failed' | 'canceled';
  readonly capturedAmount: number;
  readonly currency: string;
}

type Noted = 'unpaid' | 'processing' | 'requires_action' | 'review';

/** What a fact about a payment means for its order. */
export type Settlement =
  | { readonly kind: 'nothing' }
  /** The money is there: sell what is reserved. */
  | { readonly kind: 'pay' }
  /** The bank holds the money for us: hold the stock for as long. */
  | { readonly kind: 'authorize' }
  /** Money for an order that was given up: it goes back. */
  | { readonly kind: 'give_back' }
  /** No money: give the stock back. */
  | { readonly kind: 'fail' }
  /** The buyer gave the order up, and the provider gave the intent up. */
  | { readonly kind: 'cancel' }
  /** The order stays where it is, but its payment moved. */
  | { readonly kind: 'note'; readonly paymentStatus: Noted };

const NOTHING: Settlement = { kind: 'nothing' };

/**
 * Decides what a new fact does to an order. `cancelling` says that the buyer asked to give the order up and the provider
 * was told so. Captured money is never overlooked: where the order cannot take it, a person has to look at it.
 */
export function settle(
  order: SettlingOrder,
  payment: SettlingPayment,
  fact: SettlingFact,
  cancelling: boolean,
): Settlement {
  if (fact.kind === 'succeeded') return settleSuccess(order, payment, fact);
  if (fact.kind === 'authorized') return settleAuthorization(order);
  if (fact.kind === 'open') return note(order, 'unpaid');
  if (fact.kind !== 'failed' && fact.kind !== 'canceled') return note(order, fact.kind);
  if (!isUnpaid(order)) return NOTHING;
  return fact.kind === 'canceled' && cancelling ? { kind: 'cancel' } : { kind: 'fail' };
}

function settleSuccess(order: SettlingOrder, payment: SettlingPayment, fact: SettlingFact): Settlement {
  if (order.paymentTransactionId === payment.id) return NOTHING;
  if (order.status === 'cancelled') return { kind: 'give_back' };
  if (!isUnpaid(order) || !matchesAmount(payment, fact)) return note(order, 'review');
  return { kind: 'pay' };
}

/** Where nobody waits for it, the authorization is given up by whoever looks after payments. */
function settleAuthorization(order: SettlingOrder): Settlement {
  return isUnpaid(order) && order.paymentStatus !== 'authorized' ? { kind: 'authorize' } : NOTHING;
}

function note(order: SettlingOrder, paymentStatus: Noted): Settlement {
  if (order.paymentStatus === paymentStatus) return NOTHING;
  return isUnpaid(order) || paymentStatus === 'review' ? { kind: 'note', paymentStatus } : NOTHING;
}

function isUnpaid(order: SettlingOrder): boolean {
  return order.status === 'created' || order.status === 'payment_failed';
}

/** Whether exactly what the order costs was captured. */
function matchesAmount(payment: SettlingPayment, fact: SettlingFact): boolean {
  return fact.capturedAmount === payment.amount && fact.currency === payment.currency;
}
