import { eventTypes, pay, PAYMENT, refusalOf, startBench, stopAll } from './support.js';

afterEach(stopAll);

const CHALLENGED = { payment_method: 'pm_card_authenticationRequired' };
const RETURN = 'https://shop.example/back?order=1';

function form(fields: Record<string, string>): RequestInit {
  return { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) };
}

describe('authentication', () => {
  it('holds a payment back until the customer approves', async () => {
    const { stripe, control } = await startBench();
    const waiting = await pay(stripe, CHALLENGED);
    expect((await stripe.charges.list()).data).toEqual([]);

    const approved = await control('POST', `/payment_intents/${waiting.id}/authenticate`, { outcome: 'succeed' });

    expect(waiting).toMatchObject({
      status: 'requires_action',
      latest_charge: null,
      next_action: { type: 'use_stripe_sdk' },
    });
    expect(approved.body).toMatchObject({ id: waiting.id, status: 'succeeded', next_action: null });
    expect(await eventTypes(stripe)).toEqual([
      'payment_intent.created',
      'payment_intent.requires_action',
      'charge.succeeded',
      'payment_intent.succeeded',
    ]);
  });

  it('fails when the customer declines, and lets him try again', async () => {
    const { stripe, control } = await startBench();
    const waiting = await pay(stripe, CHALLENGED);

    const declined = await control('POST', `/payment_intents/${waiting.id}/authenticate`, { outcome: 'fail' });
    const retried = await stripe.paymentIntents.confirm(waiting.id, { payment_method: 'pm_card_visa' });

    expect(declined.body).toMatchObject({ status: 'requires_payment_method', next_action: null });
    expect(declined.body.last_payment_error.code).toBe('payment_intent_authentication_failure');
    expect(retried.status).toBe('succeeded');
    expect((await stripe.charges.list()).data).toHaveLength(1);
  });

  it('may be followed by a decline of the bank', async () => {
    const { stripe, control } = await startBench();
    const card = 'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds';
    const waiting = await pay(stripe, { payment_method: card });

    const refused = await control('POST', `/payment_intents/${waiting.id}/authenticate`, { outcome: 'succeed' });

    expect(refused.body).toMatchObject({ id: waiting.id, status: 'requires_payment_method' });
    expect(refused.body.last_payment_error.decline_code).toBe('insufficient_funds');
  });

  it('is not asked for twice', async () => {
    const { stripe, control } = await startBench();
    const waiting = await pay(stripe, CHALLENGED);
    await control('POST', `/payment_intents/${waiting.id}/authenticate`, { outcome: 'succeed' });

    const again = await control('POST', `/payment_intents/${waiting.id}/authenticate`, { outcome: 'fail' });

    expect(again.status).toBe(400);
    expect((await stripe.paymentIntents.retrieve(waiting.id)).status).toBe('succeeded');
  });

  it('can be abandoned by cancelling', async () => {
    const { stripe } = await startBench();
    const waiting = await pay(stripe, { payment_method: 'pm_card_threeDSecure2Required' });

    const canceled = await stripe.paymentIntents.cancel(waiting.id);

    expect(canceled).toMatchObject({ status: 'canceled', next_action: null });
  });
});

describe('the authentication page', () => {
  it('shows the amount and sends the customer back after approval', async () => {
    const { sandbox, stripe } = await startBench();
    const waiting = await pay(stripe, { ...CHALLENGED, return_url: RETURN, description: '<script>alert(1)</script>' });
    const page = String(waiting.next_action?.redirect_to_url?.url);

    const html = await (await fetch(page)).text();
    const fields = { client_secret: String(waiting.client_secret), return_url: RETURN, outcome: 'succeed' };
    const answer = await fetch(`${sandbox.url}/authenticate/${waiting.id}`, form(fields));

    expect(page.startsWith(`${sandbox.url}/authenticate/${waiting.id}?`)).toBe(true);
    expect(html).toContain('50.00 USD');
    expect(html).toContain('&lt;script&gt;');
    expect(html).not.toContain('<script>');
    expect(answer.status).toBe(303);
    const back = new URL(String(answer.headers.get('location')));
    expect(back.origin).toBe('https://shop.example');
    expect(Object.fromEntries(back.searchParams)).toEqual({
      order: '1',
      payment_intent: waiting.id,
      payment_intent_client_secret: waiting.client_secret,
      redirect_status: 'succeeded',
    });
    expect((await stripe.paymentIntents.retrieve(waiting.id)).status).toBe('succeeded');
  });

  it('shows the outcome where there is no way back', async () => {
    const { sandbox, stripe } = await startBench();
    const waiting = await pay(stripe, CHALLENGED);

    const fields = { client_secret: String(waiting.client_secret), outcome: 'fail', return_url: 'data:text/html,x' };
    const answer = await fetch(`${sandbox.url}/authenticate/${waiting.id}`, form(fields));

    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('requires_payment_method');
    expect((await stripe.paymentIntents.retrieve(waiting.id)).status).toBe('requires_payment_method');
  });

  it('says so when the payment is no longer waiting', async () => {
    const { stripe } = await startBench();
    const waiting = await pay(stripe, { ...CHALLENGED, return_url: RETURN });
    await stripe.paymentIntents.cancel(waiting.id);

    const answer = await fetch(String(waiting.next_action?.redirect_to_url?.url));

    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('<code>canceled</code>');
  });

  it('opens with the client secret alone', async () => {
    const { sandbox, stripe } = await startBench();
    const waiting = await pay(stripe, CHALLENGED);

    const shown = await fetch(`${sandbox.url}/authenticate/${waiting.id}?client_secret=guess`);
    const approved = await fetch(
      `${sandbox.url}/authenticate/${waiting.id}`,
      form({ client_secret: 'guess', outcome: 'succeed' }),
    );

    expect([shown.status, approved.status]).toEqual([404, 404]);
    expect((await stripe.paymentIntents.retrieve(waiting.id)).status).toBe('requires_action');
  });

  it('is linked by the address that browsers are said to use', async () => {
    const { stripe } = await startBench({ publicUrl: 'https://pay.example/stripe' });

    const waiting = await pay(stripe, { ...CHALLENGED, return_url: RETURN });

    const page = new URL(String(waiting.next_action?.redirect_to_url?.url));
    expect(`${page.origin}${page.pathname}`).toBe(`https://pay.example/stripe/authenticate/${waiting.id}`);
  });

  it('takes no return URL but http and https', async () => {
    const { stripe } = await startBench();

    const error = await refusalOf(pay(stripe, { ...CHALLENGED, return_url: 'data:text/html,x' }));

    expect(error).toMatchObject({ statusCode: 400, param: 'return_url' });
  });
});

describe('the front page', () => {
  it('lists recent intents, escaped and without secrets', async () => {
    const { sandbox, stripe } = await startBench();
    const intent = await stripe.paymentIntents.create({ ...PAYMENT, metadata: { order_id: '<b>ord</b>' } });

    const answer = await fetch(sandbox.url);

    const html = await answer.text();
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(html).toContain(intent.id);
    expect(html).toContain('&lt;b&gt;ord&lt;/b&gt;');
    expect(html).not.toContain(String(intent.client_secret));
  });
});
