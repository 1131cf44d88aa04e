import { jsonOf, pay, PAYMENT, refusalOf, startBench, stopAll, stripeAt } from './support.js';

afterEach(stopAll);

describe('requests', () => {
  it.each([
    ['no key', undefined, 'You did not provide an API key.'],
    ['an odd key', 'Bearer nonsense', 'Invalid API Key provided: non***'],
  ])('with %s are answered 401', async (_case, authorization, message) => {
    const { sandbox } = await startBench();

    const headers = authorization === undefined ? {} : { authorization };
    const response = await fetch(`${sandbox.url}/v1/payment_intents`, { headers });

    const body = await jsonOf(response);
    expect(response.status).toBe(401);
    expect(body.error.type).toBe('invalid_request_error');
    expect(body.error.message).toContain(message);
  });

  it('may carry the key as Basic user name, as curl -u does', async () => {
    const { sandbox } = await startBench();

    const authorization = `Basic ${Buffer.from('sk_test_x:').toString('base64')}`;
    const response = await fetch(`${sandbox.url}/v1/charges`, { headers: { authorization } });

    expect(response.status).toBe(200);
  });

  it('are answered with a request id of their own and the version', async () => {
    const { stripe } = await startBench();

    const first = await stripe.paymentIntents.create(PAYMENT);
    const second = await stripe.paymentIntents.create(PAYMENT);

    expect(first.lastResponse.requestId).toMatch(/^req_\w{14}$/);
    expect(second.lastResponse.requestId).not.toBe(first.lastResponse.requestId);
    expect(first.lastResponse.apiVersion).toBe('2026-10-28.endive');
  });

  it.each([
    ['amount=0&currency=usd', 'parameter_invalid_integer', 'amount'],
    ['amount=-5&currency=usd', 'parameter_invalid_integer', 'amount'],
    ['amount=1.5&currency=usd', 'parameter_invalid_integer', 'amount'],
    ['amount=100000000&currency=usd', 'amount_too_large', 'amount'],
    ['amount=&currency=usd', 'parameter_invalid_empty', 'amount'],
    ['currency=usd', 'parameter_missing', 'amount'],
    ['amount=5', 'parameter_missing', 'currency'],
    ['amount=5&currency=usd&colour=red', 'parameter_unknown', 'colour'],
    [
      'amount=5&currency=usd&automatic_payment_methods[colour]=red',
      'parameter_unknown',
      'automatic_payment_methods[colour]',
    ],
    ['amount=5&currency=usd&return_url=javascript:1&confirm=true', 'url_invalid', 'return_url'],
    [
      'amount=5&currency=usd&payment_method_types[]=card',
      'payment_method_types_no_longer_supported',
      'payment_method_types',
    ],
  ])('with %s are refused: %s', async (body, code, param) => {
    const { sandbox, stripe } = await startBench();

    const response = await fetch(`${sandbox.url}/v1/payment_intents`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_x', 'content-type': 'application/x-www-form-urlencoded' },
      body,
    });

    expect(response.status).toBe(400);
    expect((await jsonOf(response)).error).toMatchObject({ type: 'invalid_request_error', code, param });
    expect((await stripe.paymentIntents.list()).data).toEqual([]);
  });

  it('take the smallest and the largest amount', async () => {
    const { stripe } = await startBench();

    const smallest = await pay(stripe, { amount: 1 });
    const largest = await pay(stripe, { amount: 99_999_999, currency: 'EUR' });

    expect(smallest.amount_received).toBe(1);
    expect(largest).toMatchObject({ amount_received: 99_999_999, currency: 'eur' });
  });

  it('in an unknown currency are refused', async () => {
    const { stripe } = await startBench();

    const error = await refusalOf(pay(stripe, { currency: 'xyz' }));

    expect(error).toMatchObject({ statusCode: 400, param: 'currency' });
    expect(error.message).toContain('Invalid currency: xyz.');
  });

  it('for unknown objects and unknown paths are answered 404', async () => {
    const { sandbox, stripe } = await startBench();

    const intent = await refusalOf(stripe.paymentIntents.retrieve('pi_none'));
    const charge = await refusalOf(stripe.charges.retrieve('ch_none'));
    const path = await fetch(`${sandbox.url}/v1/customers`, { headers: { authorization: 'Bearer sk_test_x' } });

    expect(intent).toMatchObject({ statusCode: 404, code: 'resource_missing', param: 'intent' });
    expect(charge).toMatchObject({ statusCode: 404, code: 'resource_missing', param: 'id' });
    expect(path.status).toBe(404);
    expect((await jsonOf(path)).error.message).toBe('Unrecognized request URL (GET: /v1/customers).');
  });

  it('expand what has an object behind it, and nothing else', async () => {
    const { stripe } = await startBench();
    await pay(stripe);

    const list = await stripe.paymentIntents.list({ expand: ['data.latest_charge', 'data.payment_method'] });
    const error = await refusalOf(pay(stripe, { expand: ['customer_secret'] }));

    expect(list.data[0]?.latest_charge).toMatchObject({ object: 'charge', status: 'succeeded' });
    expect(list.data[0]?.payment_method).toMatchObject({ object: 'payment_method', type: 'card' });
    expect(error).toMatchObject({ statusCode: 400, param: 'expand' });
    expect((await stripe.paymentIntents.list()).data).toHaveLength(1);
  });

  it('from a browser of another origin are allowed, with the publishable key', async () => {
    const { sandbox } = await startBench();

    const response = await fetch(`${sandbox.url}/v1/payment_intents/pi_x/confirm`, { method: 'OPTIONS' });

    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('with a secret key in another mode reach the same account', async () => {
    const { sandbox, stripe } = await startBench();
    const intent = await pay(stripe);

    const seen = await stripeAt(sandbox.port, { key: 'rk_test_other' }).paymentIntents.retrieve(intent.id);

    expect(seen.id).toBe(intent.id);
  });
});
