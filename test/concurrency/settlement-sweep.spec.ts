import { SettlePayments } from '../../src/checkout/use-cases/settle-payments.use-case.js';
import { PAYMENT_GATEWAY, type PaymentGateway } from '../../src/payments/index.js';
import { startApi, type TestApi } from '../support/api.js';
import { expectBooksAgree, expectSettled } from '../support/invariants.js';
import { eventually } from '../support/poll.js';
import { addProduct } from '../support/products.js';
import { checkOut, fillCart } from '../support/purchases.js';
import { stripeControl } from '../support/stripe-control.js';

const PAYMENTS = 14;

let api: TestApi;
let gateway: PaymentGateway;
let settlePayments: SettlePayments;

beforeAll(async () => {
  api = await startApi({ stripe: true });
  gateway = api.app.get(PAYMENT_GATEWAY, { strict: false });
  settlePayments = api.app.get(SettlePayments, { strict: false });
});

afterEach(() => jest.restoreAllMocks());

afterAll(() => api.close());

/** That many orders whose payment nobody heard of, all of them due for a look. */
async function leaveUnheard(count: number): Promise<void> {
  const mug = await addProduct(api.database.query, { onHand: count });
  const unheard = jest.spyOn(gateway, 'send').mockResolvedValue({ kind: 'unknown', reason: 'the line went dead' });
  const buyers = Array.from({ length: count }, () => api.customer());
  await Promise.all(buyers.map((buyer) => fillCart(buyer, [{ product_id: mug.id, quantity: 1 }])));
  const answers = await Promise.all(buyers.map((buyer) => checkOut(buyer)));
  expect(answers.map(({ body }) => body.payment_status)).toEqual(Array(count).fill('processing'));
  unheard.mockRestore();
  await makeDue();
}

async function makeDue(): Promise<void> {
  await api.database.query('UPDATE payments SET next_check_at = now() WHERE next_check_at IS NOT NULL');
}

describe('a sweep over payments that nobody heard of', () => {
  it('settles several at once, and begins no other once it is told to stop', async () => {
    await leaveUnheard(PAYMENTS);
    const sendAgain = gateway.sendAgain.bind(gateway);
    let goOn = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const sent = jest.spyOn(gateway, 'sendAgain').mockImplementation(async (attempt) => {
      await gate;
      return sendAgain(attempt);
    });
    const stop = new AbortController();

    const sweeping = settlePayments.sweep(stop.signal);
    await eventually(() => expect(sent).toHaveBeenCalledTimes(10));
    stop.abort();
    goOn();
    await sweeping;
    const sentBeforeStop = sent.mock.calls.length;
    await makeDue();
    await settlePayments.sweep(new AbortController().signal);

    expect(sentBeforeStop).toBe(10);
    expect(sent).toHaveBeenCalledTimes(PAYMENTS);
    await expectSettled(api.database);
    if (!api.sandbox) throw new Error('this test counts what the sandbox charged');
    await expectBooksAgree(api.database, stripeControl(api.sandbox));
  });
});
