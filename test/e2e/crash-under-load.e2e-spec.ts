import { randomInt } from 'node:crypto';
import type request from 'supertest';
import type { ApiClient } from '../support/api-client.js';
import { useOwnDatabase } from '../support/database.js';
import { expectBooksAgree, expectInvariants, expectSettled } from '../support/invariants.js';
import { eventually } from '../support/poll.js';
import { prepareSystem, type TestSystem } from '../support/processes.js';
import { addProduct } from '../support/products.js';
import { checkOut, fillCart, tally } from '../support/purchases.js';
import { type StripeControl, stripeControl } from '../support/stripe-control.js';

const BUYERS = 40;
const ON_HAND = 30;
/** After a crash every repeat is answered within 30 s; there are three crashes. */
const ANSWER_LIMIT_MS = 90_000;
const END_LIMIT_MS = 60_000;
const RETRY_CODES = new Set(['idempotency_key_in_use', 'service_unavailable']);

const own = useOwnDatabase();
let system: TestSystem;
let stripe: StripeControl;

beforeAll(async () => {
  system = await prepareSystem({ databaseUrl: own.url });
  stripe = stripeControl(system.sandbox);
  await Promise.all([system.api.start(), system.worker.start()]);
}, 60_000);

afterAll(() => system.close());

/** What a client does that wants his order and nothing else: the same request again until somebody answers. */
function insist(buyer: ApiClient, paymentMethod: string): Promise<request.Response> {
  return eventually(
    async () => {
      const answer = await checkOut(buyer, { key: 'mine', paymentMethod }).timeout(20_000);
      expect(RETRY_CODES).not.toContain(answer.body.code);
      return answer;
    },
    { withinMs: ANSWER_LIMIT_MS, everyMs: 250 },
  );
}

/** Kills a process as soon as Stripe was asked that often, and starts it again. */
async function killAfter(calls: number, name: 'api' | 'worker'): Promise<void> {
  await eventually(
    async () => expect((await stripe.ledger()).calls['POST /v1/payment_intents'] ?? 0).toBeGreaterThanOrEqual(calls),
    { withinMs: 30_000, everyMs: 5 },
  );
  await system[name].kill9();
  await expectInvariants(own.dataSource);
  await system[name].start();
}

describe('kill -9 at any moment, three times, while forty buyers check out', () => {
  //
  it('leaves each buyer with one definite order, paid once or not at all', async () => {
    const query = (text: string, parameters: readonly unknown[]) => own.dataSource.query(text, [...parameters]);
    const mug = await addProduct(query, { onHand: ON_HAND });
    const buyers = Array.from({ length: BUYERS }, () => system.customer());
    await Promise.all(buyers.map((buyer) => fillCart(buyer, [{ product_id: mug.id, quantity: 1 }])));
    const moments = [randomInt(1, 6), randomInt(8, 16), randomInt(18, 26)] as const;

    const insisting = Promise.all(
      buyers.map((buyer, index) => insist(buyer, index % 5 === 0 ? 'pm_card_chargeDeclined' : 'pm_card_visa')),
    );
    await killAfter(moments[0], 'api');
    await killAfter(moments[1], 'worker');
    await killAfter(moments[2], 'api');
    const answers = await insisting;

    await eventually(() => expectSettled(own.dataSource), { withinMs: END_LIMIT_MS, everyMs: 250 });
    await expectBooksAgree(own.dataSource, stripe);
    const orders: { customer_id: string; status: string }[] = await query(
      'SELECT customer_id, status FROM orders ORDER BY id',
      [],
    );
    const paid = orders.filter(({ status }) => status === 'paid').length;
    const [level] = await query('SELECT on_hand::integer, reserved::integer FROM stock_levels WHERE product_id = $1', [
      mug.id,
    ]);
    expect({ moments, level }).toEqual({ moments, level: { on_hand: ON_HAND - paid, reserved: 0 } });
    expect(new Set(orders.map(({ customer_id: buyer }) => buyer)).size).toBe(orders.length);
    expect([...new Set(orders.map(({ status }) => status))].sort()).toEqual(['paid', 'payment_failed']);
    const { '201 paid': answeredPaid = 0, '201 created': answeredProcessing = 0, ...refused } = tally(answers);
    expect(answeredPaid + answeredProcessing).toBe(paid);
    const allowed = ['402 order_payment_failed', '409 order_insufficient_stock'];
    expect(Object.keys(refused).filter((kind) => !allowed.includes(kind))).toEqual([]);
  }, 180_000);
});
