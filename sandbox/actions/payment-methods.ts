import type Stripe from 'stripe';
import { newId } from '../domain/ids.js';
import { paymentMethodOf } from '../domain/payment-method.js';
import { resourceMissing } from '../domain/stripe-error.js';
import { TEST_METHODS, type TestMethod } from '../domain/test-methods.js';
import type { Transaction } from '../transaction.js';

export interface ChosenMethod {
  readonly id: string;
  readonly test: TestMethod;
}

/** A test name makes a payment method of its own, as at Stripe; an id that such a confirmation left behind is used again. */
export function choosePaymentMethod(tx: Transaction, name: string): ChosenMethod {
  const test = TEST_METHODS.get(name);
  if (test === undefined) return storedMethod(tx, name, 'payment_method');
  const id = newId('pm');
  tx.put('payment_method', id, { method: paymentMethodOf(id, test, tx.now), testMethod: name });
  return { id, test };
}

/** The test behaviour behind a payment method id that an intent carries. */
export function storedMethod(tx: Transaction, id: string, param: string): ChosenMethod {
  const test = TEST_METHODS.get(tx.find('payment_method', id)?.testMethod ?? '');
  if (test === undefined) throw resourceMissing('PaymentMethod', id, param);
  return { id, test };
}

export function retrievePaymentMethod(tx: Transaction, id: string): Stripe.PaymentMethod {
  const test = TEST_METHODS.get(id);
  if (test !== undefined) return paymentMethodOf(id, test, tx.now);
  const row = tx.find('payment_method', id);
  if (row === undefined) throw resourceMissing('PaymentMethod', id, 'payment_method');
  return row.method;
}
