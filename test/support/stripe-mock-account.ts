import Stripe from 'stripe';
import { newCharge } from '../../sandbox/domain/charge.js';
import { declineOf } from '../../sandbox/domain/declines.js';
import { assertLegal, moveIntent } from '../../sandbox/domain/intent-machine.js';
import { type IntentTerms, newIntent } from '../../sandbox/domain/new-intent.js';
import type { Charge, Intent, Refund } from '../../sandbox/domain/records.js';
import { newRefund, refundedBy } from '../../sandbox/domain/refund.js';
import { invalidRequest, resourceMissing, StripeApiError } from '../../sandbox/domain/stripe-error.js';
import { TEST_METHODS, type TestMethod } from '../../sandbox/domain/test-methods.js';

/** The objects behind the mocked SDK: the sandbox's own shapes and messages, without HTTP, events and time. */
export class StripeMockAccount {
  readonly intents = new Map<string, Intent>();
  readonly charges = new Map<string, Charge>();
  readonly refunds = new Map<string, Refund>();

  constructor(private readonly nowSeconds: () => number) {}

  create(params: Stripe.PaymentIntentCreateParams): Intent {
    if (!Number.isSafeInteger(params.amount) || params.amount < 1) {
      throw invalidRequest('This value must be greater than or equal to 1.', { param: 'amount' });
    }
    const intent = this.keep(newIntent(termsOf(params), this.nowSeconds()));
    if (params.confirm === true) return this.confirm(intent.id, params.payment_method);
    if (params.payment_method === undefined) return intent;
    return this.keep(moveIntent(intent, 'requires_confirmation', { payment_method: params.payment_method }));
  }

  find(id: string): Intent {
    const intent = this.intents.get(id);
    if (intent === undefined) throw resourceMissing('payment_intent', id, 'intent');
    return intent;
  }

  findRefund(id: string): Refund {
    const refund = this.refunds.get(id);
    if (refund === undefined) throw resourceMissing('refund', id, 'refund');
    return refund;
  }

  confirm(id: string, paymentMethod?: string): Intent {
    const intent = this.find(id);
    assertLegal(intent, 'confirm');
    const ready: Intent = { ...intent, payment_method: paymentMethod ?? intent.payment_method };
    const method = methodOf(ready);
    switch (method.flow) {
      case 'immediate':
        return this.charge(ready, method);
      case 'authenticate':
        return this.keep(moveIntent(ready, 'requires_action', { next_action: threeDSecure }));
      case 'processing':
        return this.keep(moveIntent(ready, 'processing', {}));
    }
  }

  /** What the customer does on his bank's page, or the network after a while: the attempt goes through or is declined. */
  settle(id: string, declineCode: string | null): Intent {
    const intent = this.find(id);
    const method = methodOf(intent);
    return declineCode === null ? this.collect(intent, method) : this.refuse(intent, method, declineCode);
  }

  cancel(id: string, reason: string | null): Intent {
    const intent = this.find(id);
    assertLegal(intent, 'cancel');
    const end = { canceled_at: this.nowSeconds(), cancellation_reason: reason, amount_capturable: 0 };
    return this.keep(moveIntent(intent, 'canceled', end));
  }

  capture(id: string): Intent {
    const intent = this.find(id);
    assertLegal(intent, 'capture');
    const charge = this.chargeOf(intent);
    this.charges.set(charge.id, { ...charge, captured: true, amount_captured: intent.amount });
    const collected = { amount_capturable: 0, amount_received: intent.amount };
    return this.keep(moveIntent(intent, 'succeeded', collected));
  }

  refund(params: Stripe.RefundCreateParams): Refund {
    const charge = this.chargeOf(this.find(params.payment_intent ?? ''));
    if (charge.refunded) {
      throw invalidRequest(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' });
    }
    const left = charge.amount_captured - charge.amount_refunded;
    const amount = params.amount ?? left;
    if (amount > left) {
      throw invalidRequest(`Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`, {
        param: 'amount',
      });
    }
    const { aftermath } = methodNamed(charge.payment_method ?? '');
    const terms = {
      amount,
      reason: params.reason ?? null,
      metadata: textValues(params.metadata),
      status: aftermath === 'refund_pending' ? 'pending' : 'succeeded',
    } as const;
    const refund = newRefund(charge, terms, this.nowSeconds());
    this.refunds.set(refund.id, refund);
    const refunded = refundedBy(charge, amount);
    this.charges.set(refunded.id, refunded);
    return refund;
  }

  private charge(intent: Intent, method: TestMethod): Intent {
    return method.decline === null ? this.collect(intent, method) : this.refuse(intent, method, method.decline);
  }

  private collect(intent: Intent, method: TestMethod): Intent {
    const captured = intent.capture_method === 'automatic';
    const charge = this.chargeWith(intent, method, { status: 'succeeded', captured, decline: null });
    const settled = { latest_charge: charge.id, last_payment_error: null, next_action: null };
    return this.keep(
      captured
        ? moveIntent(intent, 'succeeded', { ...settled, amount_received: intent.amount })
        : moveIntent(intent, 'requires_capture', { ...settled, amount_capturable: intent.amount }),
    );
  }

  private refuse(intent: Intent, method: TestMethod, declineCode: string): never {
    const decline = declineOf(declineCode);
    const charge = this.chargeWith(intent, method, { status: 'failed', captured: false, decline });
    const error = {
      type: 'card_error',
      code: decline.code,
      decline_code: decline.declineCode,
      message: decline.message,
      charge: charge.id,
    } as const;
    const failed = moveIntent(intent, 'requires_payment_method', {
      last_payment_error: error,
      latest_charge: charge.id,
      next_action: null,
      payment_method: null,
    });
    throw new StripeApiError(402, { ...error, payment_intent: this.keep(failed) });
  }

  private chargeWith(intent: Intent, method: TestMethod, result: Parameters<typeof newCharge>[2]): Charge {
    const charge = newCharge(intent, method, result, this.nowSeconds());
    this.charges.set(charge.id, charge);
    return charge;
  }

  private chargeOf(intent: Intent): Charge {
    const charge = this.charges.get(intent.latest_charge ?? '');
    if (charge?.status === 'succeeded') return charge;
    throw invalidRequest(`This PaymentIntent (${intent.id}) does not have a successful charge to refund.`);
  }

  private keep(intent: Intent): Intent {
    this.intents.set(intent.id, intent);
    return intent;
  }
}

const threeDSecure: Stripe.PaymentIntent.NextAction = {
  type: 'use_stripe_sdk',
  use_stripe_sdk: { type: 'three_d_secure_redirect' },
};

function termsOf(params: Stripe.PaymentIntentCreateParams): IntentTerms {
  return {
    amount: params.amount,
    currency: params.currency.toLowerCase(),
    captureMethod: params.capture_method === 'manual' ? 'manual' : 'automatic',
    allowRedirects: params.automatic_payment_methods?.allow_redirects === 'never' ? 'never' : 'always',
    metadata: textValues(params.metadata),
    description: params.description ?? null,
    receiptEmail: params.receipt_email ?? null,
    statementDescriptor: null,
    statementDescriptorSuffix: null,
    shipping: null,
  };
}

function methodOf(intent: Intent): TestMethod {
  if (intent.payment_method !== null) return methodNamed(intent.payment_method);
  throw invalidRequest("You cannot confirm this PaymentIntent because it's missing a payment method.", {
    code: 'payment_intent_unexpected_state',
  });
}

function methodNamed(name: string): TestMethod {
  const method = TEST_METHODS.get(name);
  if (method === undefined) throw resourceMissing('PaymentMethod', name, 'payment_method');
  return method;
}

function textValues(metadata: Stripe.Emptyable<Stripe.MetadataParam> | undefined): Stripe.Metadata {
  if (metadata === undefined || metadata === '' || metadata === null) return {};
  return Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, String(value)]));
}
