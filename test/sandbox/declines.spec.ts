import { TEST_METHODS } from '../../sandbox/domain/test-methods.js';
import { eventTypes, pay, PAYMENT, refusalOf, startBench, stopAll, idOf } from './support.js';

afterEach(stopAll);

// Codes as Stripe's testing page and its test mode give them.
const DECLINED_CARDS = [
  ['pm_card_chargeDeclined', 'card_declined', 'generic_decline', undefined],
  ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline', undefined],
  ['pm_card_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds', undefined],
  ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds', undefined],
  ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card', undefined],
  ['pm_card_visa_chargeDeclinedStolenCard', 'card_declined', 'stolen_card', undefined],
  ['pm_card_visa_chargeDeclinedFraudulentDecline', 'card_declined', 'fraudulent', undefined],
  ['pm_card_visa_chargeDeclinedVelocityLimitExceeded', 'card_declined', 'card_velocity_exceeded', undefined],
  ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card', 'exp_month'],
  ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', 'incorrect_cvc', 'cvc'],
  ['pm_card_chargeDeclinedProcessingError', 'processing_error', 'processing_error', undefined],
] as const;

describe('declined cards', () => {
  it.each(DECLINED_CARDS)('%s is refused with %s and %s', async (card, code, declineCode, param) => {
    const { stripe } = await startBench();

    const error = await refusalOf(pay(stripe, { payment_method: card }));

    expect(error).toMatchObject({ type: 'StripeCardError', statusCode: 402, code, decline_code: declineCode, param });
    expect(error.payment_intent).toMatchObject({ status: 'requires_payment_method', payment_method: null });
    expect(error.payment_intent?.last_payment_error).toMatchObject({
      code,
      decline_code: declineCode,
      charge: error.charge,
    });
    expect(await stripe.charges.retrieve(idOf(error.charge))).toMatchObject({
      status: 'failed',
      paid: false,
      captured: false,
    });
    expect(await eventTypes(stripe)).toEqual([
      'payment_intent.created',
      'charge.failed',
      'payment_intent.payment_failed',
    ]);
  });

  it('leaves the intent open: another card pays it, with two charges and one that took money', async () => {
    const { stripe } = await startBench();
    const error = await refusalOf(pay(stripe, { payment_method: 'pm_card_chargeDeclined' }));

    const paid = await stripe.paymentIntents.confirm(idOf(error.payment_intent), { payment_method: 'pm_card_visa' });

    const charges = await stripe.charges.list({ payment_intent: paid.id });
    expect(paid).toMatchObject({ status: 'succeeded', last_payment_error: null });
    expect(charges.data.map(({ status }) => status)).toEqual(['succeeded', 'failed']);
    expect(paid.latest_charge).toBe(charges.data[0]?.id);
  });

  it('refuses an unknown payment method without a charge', async () => {
    const { stripe } = await startBench();

    const error = await refusalOf(pay(stripe, { payment_method: 'pm_card_nonesuch' }));

    expect(error).toMatchObject({ statusCode: 404, code: 'resource_missing', param: 'payment_method' });
    expect((await stripe.paymentIntents.list()).data).toEqual([]);
  });

  it.each([
    ['bare', '4242424242424242'],
    ['spaced', '4242 4242 4242 4242'],
    ['an American Express', '378282246310005'],
  ])('takes no card number (%s), and does not repeat it', async (_form, number) => {
    const { stripe } = await startBench();

    const asMethod = await refusalOf(pay(stripe, { payment_method: number }));
    const asNote = await refusalOf(stripe.paymentIntents.create({ ...PAYMENT, description: `card ${number}` }));

    for (const error of [asMethod, asNote]) {
      expect(error).toMatchObject({ statusCode: 402, rawType: 'invalid_request_error' });
      expect(JSON.stringify(error.raw)).not.toContain(number);
    }
    expect((await stripe.paymentIntents.list()).data).toEqual([]);
  });

  it('takes long numbers that are no cards', async () => {
    const { stripe } = await startBench();

    const intent = await stripe.paymentIntents.create({
      ...PAYMENT,
      metadata: { a: '1795192154000', b: '4242424242424241' },
    });

    expect(intent.metadata).toEqual({ a: '1795192154000', b: '4242424242424241' });
  });

  it('keeps at most four digits of any test card', () => {
    const digits = [...TEST_METHODS.values()].map(({ last4 }) => last4);

    expect(digits.filter((last4) => !/^\d{4}$/.test(last4))).toEqual([]);
  });
});
