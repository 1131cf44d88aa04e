import { eventually } from '../support/poll.js';
import { eventTypes, pay, refusalOf, startBench, stopAll, idOf } from './support.js';

afterEach(stopAll);

// Long enough that nothing settles by itself while a test looks.
const NEVER = 3_600_000;

describe('refunds', () => {
  it('give everything back', async () => {
    const { stripe } = await startBench();
    const intent = await pay(stripe);

    const refund = await stripe.refunds.create({ payment_intent: intent.id, metadata: { refund_id: 'ref_1' } });

    const charge = await stripe.charges.retrieve(idOf(intent.latest_charge));
    expect(refund).toMatchObject({
      amount: 5000,
      status: 'succeeded',
      charge: charge.id,
      metadata: { refund_id: 'ref_1' },
    });
    expect(charge).toMatchObject({ amount_refunded: 5000, refunded: true });
    expect((await eventTypes(stripe)).slice(3)).toEqual(['refund.created', 'charge.refunded']);
  });

  it('give back in parts, up to what was captured', async () => {
    const { stripe } = await startBench();
    const intent = await pay(stripe);
    const charge = idOf(intent.latest_charge);

    const first = await stripe.refunds.create({ charge, amount: 2000, reason: 'duplicate' });
    const tooMuch = await refusalOf(stripe.refunds.create({ charge, amount: 3001 }));
    const rest = await stripe.refunds.create({ charge });
    const again = await refusalOf(stripe.refunds.create({ charge }));

    expect(first).toMatchObject({ amount: 2000, reason: 'duplicate' });
    expect(tooMuch).toMatchObject({ statusCode: 400, param: 'amount', code: undefined });
    expect(tooMuch.message).toBe('Refund amount (30.01 USD) is greater than unrefunded amount on charge (30.00 USD)');
    expect(rest.amount).toBe(3000);
    expect(again).toMatchObject({ statusCode: 400, code: 'charge_already_refunded' });
    expect(again.message).toBe(`Charge ${charge} has already been refunded.`);
    expect((await stripe.refunds.list({ charge })).data.map(({ amount }) => amount)).toEqual([3000, 2000]);
  });

  it('follow what was captured, not what was authorized', async () => {
    const { stripe } = await startBench();
    const held = await pay(stripe, { capture_method: 'manual' });

    const early = await refusalOf(stripe.refunds.create({ payment_intent: held.id }));
    await stripe.paymentIntents.capture(held.id, { amount_to_capture: 4000 });
    const tooMuch = await refusalOf(stripe.refunds.create({ payment_intent: held.id, amount: 4001 }));
    const refund = await stripe.refunds.create({ payment_intent: held.id });

    expect(early).toMatchObject({ statusCode: 400, code: undefined });
    expect(tooMuch.message).toBe('Refund amount (40.01 USD) is greater than charge amount (40.00 USD)');
    expect(refund.amount).toBe(4000);
  });

  it('need a charge that took money', async () => {
    const { stripe } = await startBench();
    const declined = await refusalOf(pay(stripe, { payment_method: 'pm_card_chargeDeclined' }));

    const unpaid = await refusalOf(stripe.refunds.create({ payment_intent: idOf(declined.payment_intent) }));
    const unnamed = await refusalOf(stripe.refunds.create({ amount: 5 }));
    const unknown = await refusalOf(stripe.refunds.create({ charge: 'ch_none' }));

    expect(unpaid.statusCode).toBe(400);
    expect(unnamed).toMatchObject({ statusCode: 400, code: 'parameter_missing' });
    expect(unknown).toMatchObject({ statusCode: 404, code: 'resource_missing', param: 'charge' });
    expect((await stripe.refunds.list()).data).toEqual([]);
  });

  it('with one idempotency key happen once', async () => {
    const { stripe } = await startBench();
    const intent = await pay(stripe);
    const params = { payment_intent: intent.id, amount: 1000 };

    const first = await stripe.refunds.create(params, { idempotencyKey: 'refund:1' });
    const second = await stripe.refunds.create(params, { idempotencyKey: 'refund:1' });

    expect(second.id).toBe(first.id);
    expect((await stripe.charges.retrieve(idOf(intent.latest_charge))).amount_refunded).toBe(1000);
  });

  it('stay pending with the card for that, and succeed by themselves', async () => {
    const { stripe } = await startBench({ refundSettleMs: 30 });
    const intent = await pay(stripe, { payment_method: 'pm_card_pendingRefund' });

    const refund = await stripe.refunds.create({ payment_intent: intent.id });

    expect(refund).toMatchObject({ status: 'pending', pending_reason: 'processing' });
    const settled = await eventually(async () => {
      const current = await stripe.refunds.retrieve(refund.id);
      expect(current.status).toBe('succeeded');
      return current;
    });
    expect(settled.pending_reason).toBeUndefined();
    expect((await eventTypes(stripe)).slice(3)).toEqual(['refund.created', 'charge.refunded', 'refund.updated']);
  });

  it('fail later with the card for that, and free their amount again', async () => {
    const { stripe } = await startBench({ refundSettleMs: 30 });
    const intent = await pay(stripe, { payment_method: 'pm_card_refundFail' });

    const refund = await stripe.refunds.create({ payment_intent: intent.id, amount: 1500 });

    expect(refund.status).toBe('succeeded');
    await eventually(async () => {
      expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({ status: 'failed', failure_reason: 'unknown' });
    });
    expect(await stripe.charges.retrieve(idOf(intent.latest_charge))).toMatchObject({
      amount_refunded: 0,
      refunded: false,
    });
    expect((await eventTypes(stripe)).slice(3)).toEqual([
      'refund.created',
      'charge.refunded',
      'refund.updated',
      'refund.failed',
    ]);
  });

  it('can be settled by hand, once', async () => {
    const { stripe, control } = await startBench({ refundSettleMs: NEVER });
    const intent = await pay(stripe, { payment_method: 'pm_card_pendingRefund' });
    const refund = await stripe.refunds.create({ payment_intent: intent.id });

    const failed = await control('POST', `/refunds/${refund.id}`, { status: 'failed' });
    const again = await control('POST', `/refunds/${refund.id}`, { status: 'succeeded' });

    expect(failed).toMatchObject({ status: 200, body: { id: refund.id, status: 'failed' } });
    expect(again.status).toBe(400);
    expect((await stripe.refunds.retrieve(refund.id)).status).toBe('failed');
  });

  it('are canceled only while they wait for the customer', async () => {
    const { stripe, control } = await startBench({ refundSettleMs: NEVER });
    const intent = await pay(stripe, { payment_method: 'pm_card_pendingRefund' });
    const refund = await stripe.refunds.create({ payment_intent: intent.id });

    const early = await refusalOf(stripe.refunds.cancel(refund.id));
    await control('POST', `/refunds/${refund.id}`, { status: 'requires_action' });
    const canceled = await stripe.refunds.cancel(refund.id);

    expect(early.statusCode).toBe(400);
    expect(canceled.status).toBe('canceled');
    expect((await stripe.charges.retrieve(idOf(intent.latest_charge))).amount_refunded).toBe(0);
  });

  it('made in the dashboard carry no metadata and no request', async () => {
    const { stripe, control } = await startBench();
    const intent = await pay(stripe, { metadata: { order_id: 'ord_1' } });

    const made = await control('POST', '/refunds', { payment_intent: intent.id, amount: 700 });

    const [event] = (await stripe.events.list({ type: 'refund.created' })).data;
    expect(made.body).toMatchObject({ amount: 700, metadata: {}, reason: 'requested_by_customer' });
    expect(event?.request).toEqual({ id: null, idempotency_key: null });
  });

  it('keep their metadata up to date', async () => {
    const { stripe } = await startBench();
    const intent = await pay(stripe);
    const refund = await stripe.refunds.create({ payment_intent: intent.id, metadata: { a: '1' } });

    const updated = await stripe.refunds.update(refund.id, { metadata: { b: '2' } });

    expect(updated.metadata).toEqual({ a: '1', b: '2' });
  });
});
