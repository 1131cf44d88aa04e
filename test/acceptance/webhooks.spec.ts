import request from 'supertest';
import type Stripe from 'stripe';
import { SettlePayments } from '../../src/checkout/use-cases/settle-payments.use-case.js';
import { ProcessEvents } from '../../src/webhooks/inbound/use-cases/process-events.use-case.js';
import type { SignedEvent } from '../support/stripe-mock.js';
import { ADDRESS, useService } from './service.js';

const service = useService();

interface OpenOrder {
  readonly id: string;
  readonly product: string;
  readonly buyer: ReturnType<typeof service.customer>;
  readonly intent: Stripe.PaymentIntent;
}

/** An order whose payment the client confirms by himself: what becomes of it only webhooks tell. */
async function openOrder(): Promise<OpenOrder> {
  const product = await service.product({ onHand: 5 });
  const buyer = service.customer();
  await buyer.put('/v1/cart', { items: [{ product_id: product, quantity: 2 }] }).expect(200);
  const { body } = await buyer
    .post('/v1/orders/checkout', { shipping_address: ADDRESS }, { idempotencyKey: 'open' })
    .expect(201);
  const [payment] = await service.rows<{ provider_payment_id: string }>(
    'SELECT provider_payment_id FROM payments WHERE order_id = $1',
    [body.id],
  );
  return { id: body.id, product, buyer, intent: service.stripe.intent(payment?.provider_payment_id ?? '') };
}

function deliver(event: Pick<SignedEvent, 'payload' | 'header'>): request.Test {
  return service
    .anybody()
    .post('/v1/webhooks/stripe', undefined, {
      headers: { 'Stripe-Signature': event.header, 'content-type': 'application/json' },
    })
    .send(event.payload);
}

const work = (): Promise<number> => service.app.get(ProcessEvents).sweep();
const statusOf = async ({ buyer, id }: OpenOrder): Promise<string> => (await buyer.get(`/v1/orders/${id}`)).body.status;

/** The intent as an event shows it. */
function succeeded(intent: Stripe.PaymentIntent): object {
  return { ...intent, status: 'succeeded', amount_received: intent.amount };
}

function failed(intent: Stripe.PaymentIntent): object {
  const error = { type: 'card_error', code: 'card_declined', decline_code: 'generic_decline', message: 'Declined.' };
  return { ...intent, status: 'requires_payment_method', last_payment_error: error };
}

describe('a webhook of Stripe', () => {
  //
  it('pays the order that it is about, once, however often it comes', async () => {
    const order = await openOrder();
    const event = service.stripe.event('payment_intent.succeeded', succeeded(order.intent));

    const first = await deliver(event).expect(200);
    await work();
    const second = await deliver(event).expect(200);
    await work();

    expect(first.body).toEqual({ received: true });
    expect(second.body).toEqual({ received: true, duplicate: true });
    expect(await statusOf(order)).toBe('paid');
    expect(await service.stock(order.product)).toEqual({ on_hand: 3, reserved: 0 });
  });

  //
  it('is refused with a forged signature, and nothing of it is kept', async () => {
    const order = await openOrder();
    const event = service.stripe.event('payment_intent.succeeded', succeeded(order.intent));

    const refused = await deliver({ ...event, payload: event.payload.replace('succeeded', 'processing') }).expect(401);
    await work();

    expect(refused.body.code).toBe('webhook_signature_invalid');
    expect(await service.rows('SELECT id FROM webhook_events')).toEqual([]);
    expect(await statusOf(order)).toBe('created');
  });

  //
  it('is stored although Redis believes to know it, as after a restore of PostgreSQL', async () => {
    const order = await openOrder();
    const event = service.stripe.event('payment_intent.succeeded', succeeded(order.intent));
    await service.redis.client.set(`webhook:${event.id}`, '1');

    const answer = await deliver(event).expect(200);
    await work();

    expect(answer.body).toEqual({ received: true });
    expect(await statusOf(order)).toBe('paid');
  });

  //
  it.each([
    ['after', 0, 5],
    ['before', 5, 0],
  ])('never loses captured money: the success comes last and happened %s the failure', async (_, failedAt, paidAt) => {
    const order = await openOrder();
    const start = Date.now();
    const at = (seconds: number): Date => new Date(start + seconds * 1_000);
    await service.stripe.sdk.paymentIntents.confirm(order.intent.id, { payment_method: 'pm_card_visa' });

    await deliver(service.stripe.event('payment_intent.payment_failed', failed(order.intent), at(failedAt))).expect(
      200,
    );
    await work();
    await deliver(service.stripe.event('payment_intent.succeeded', succeeded(order.intent), at(paidAt))).expect(200);
    await work();
    // A success that is older than a failure makes a job ask Stripe, whose word is final.
    await service.app.get(SettlePayments).sweep();

    expect(await statusOf(order)).toBe('paid');
    expect(await service.stock(order.product)).toEqual({ on_hand: 3, reserved: 0 });
  });
});
