import pg from 'pg';
import { INVARIANTS, PUNCTUALITY } from '../../src/invariants.js';
import { SubmitRefunds } from '../../src/refunds/use-cases/submit-refunds.use-case.js';
import { startApi, type TestApi } from '../support/api.js';
import { stockedProduct, US_ADDRESS } from '../support/shop.js';

/**
 * How each rule is broken by hand, in a transaction that is rolled back. Constraints that would refuse the damage are taken
 * off first: the audit has to see what a restored backup or a careless hand may bring.
 */
const DAMAGE: Readonly<Record<string, string>> = {
  'what is on hand is the sum of the movements': `UPDATE stock_levels SET on_hand = on_hand + 1`,
  'what is reserved is the sum of the active reservations': `UPDATE stock_levels SET reserved = reserved + 1 WHERE on_hand > reserved`,
  'stock is never negative and never promised twice': `
    ALTER TABLE stock_levels DROP CONSTRAINT stock_levels_reserved_within_on_hand_check;
    UPDATE stock_levels SET reserved = on_hand + 1`,
  'an active reservation belongs to an order that may still be paid': `
    UPDATE reservations SET status = 'active', settled_at = NULL WHERE order_id = (SELECT id FROM orders WHERE status = 'paid' LIMIT 1)`,
  'an order that waits for its money holds its stock': `
    UPDATE reservations SET status = 'released', settled_at = now() WHERE status = 'active'`,
  'a sold order has a captured payment of its amount and currency': `
    UPDATE payments SET captured_amount = captured_amount - 1 WHERE status = 'succeeded' AND refund_hold = 0`,
  'captured money belongs to a sold order or goes back, or a person was told': `
    UPDATE orders SET status = 'created' WHERE status = 'paid'`,
  'an order is captured at most once, or a person was told, or the surplus goes back': `
    INSERT INTO payments (id, order_id, customer_id, provider, status, amount, currency, captured_amount)
    SELECT 'pay_twice', order_id, customer_id, provider, status, amount, currency, captured_amount FROM payments
    WHERE status = 'succeeded' LIMIT 1`,
  'an authorized order has an authorized payment of its amount and currency': `
    UPDATE orders SET payment_status = 'authorized' WHERE status = 'created'`,
  'the transaction of a paid order is its payment': `UPDATE orders SET payment_transaction_id = 'pay_other' WHERE status = 'paid'`,
  'what paid an order goes back in the name of this order alone': `UPDATE refunds SET order_id = NULL`,
  'the version counts the audit entries and the events': `DELETE FROM outbox_events WHERE version = 1`,
  'the version of a refund counts its events': `DELETE FROM outbox_events WHERE type = 'refund.requested'`,
  'the last event about stock tells how it is': `UPDATE stock_levels SET on_hand = on_hand + 1`,
  'places in the feed follow the versions': `
    UPDATE outbox_events SET "position" = 100 - version, status = 'published'
    WHERE aggregate_id = (SELECT id FROM orders WHERE version > 1 LIMIT 1)`,
  'no event waits to be published or sent': `UPDATE outbox_events SET created_at = now() - interval '61 seconds'`,
  'no event was given up': `
    UPDATE outbox_events SET "position" = 1, status = 'dead' WHERE id = (SELECT id FROM outbox_events LIMIT 1)`,
  'each change begins where the last one ended': `
    ALTER TABLE audit_entries DISABLE TRIGGER ALL;
    UPDATE audit_entries SET new_state = new_state || '{"status":"cancelled"}' WHERE version = 1`,
  'an order makes allowed moves alone': `
    ALTER TABLE audit_entries DISABLE TRIGGER ALL;
    UPDATE audit_entries SET previous_state = previous_state || '{"status":"archived"}' WHERE version = 2`,
  'the last change is the state of the order': `UPDATE orders SET payment_status = 'failed'`,
  'the total is lines, shipping and tax less discount': `
    UPDATE order_items SET quantity = quantity + 1, line_total = (quantity + 1) * unit_price`,
  'a line knows when its order was placed and what it came to': `
    UPDATE order_items SET order_total_amount = order_total_amount + 1`,
  'an order has lines': `DELETE FROM refund_items; DELETE FROM order_items`,
  'each sold line left the shelf exactly once, and nothing else did': `DELETE FROM stock_movements WHERE kind = 'sale'`,
  'a reservation is confirmed once for a sold order and for no other': `
    UPDATE reservations SET status = 'released' WHERE status = 'confirmed'`,
  'what refunds hold is held on their payment, and never more than was captured': `
    UPDATE payments SET refund_hold = refund_hold - 1 WHERE refund_hold > 0`,
  'what an order says was refunded is the sum of its refunds': `
    UPDATE orders SET refunded_amount = refunded_amount - 1 WHERE refunded_amount > 0`,
  'a refunded unit belongs to a refund that went through': `DELETE FROM refund_items`,
  'a restocked unit came back to the shelf exactly once': `DELETE FROM stock_movements WHERE kind = 'restock'`,
  'no reservation is held for long after its end': `
    UPDATE reservations SET expires_at = now() - interval '16 seconds' WHERE status = 'active'`,
  'no payment waits for a look that is due': `UPDATE payments SET next_check_at = now() - interval '61 seconds'`,
  'no refund waits for a look that is due': `UPDATE refunds SET next_check_at = now() - interval '61 seconds'`,
  'no request left an order behind whose payment nobody follows': `
    UPDATE orders SET payment_status = 'processing';
    UPDATE idempotency_keys SET status = 'running', response_status = NULL, response_body = NULL,
      lease_until = now() - interval '61 seconds'`,
};

const RULES = { ...INVARIANTS, ...PUNCTUALITY };

let api: TestApi;
let client: pg.Client;

beforeAll(async () => {
  api = await startApi({ stripe: true });
  await liveShop();
  client = new pg.Client({ connectionString: api.database.url });
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await api.close();
});

/** One order paid, one refunded in part, and one that waits for its money. */
async function liveShop(): Promise<void> {
  const product = await stockedProduct(api, { unitPrice: 900, onHand: 20 });
  const buyer = api.customer();
  const order = async (key: string): Promise<string> => {
    await buyer.put('/v1/cart', { items: [{ product_id: product, quantity: 2 }] }).expect(200);
    const payment = { shipping_address: US_ADDRESS, payment_method: 'pm_card_visa' };
    return (await buyer.post('/v1/orders/checkout', payment, { idempotencyKey: key }).expect(201)).body.id;
  };
  await order('paid');
  const refunded = await order('refunded');
  await api
    .admin()
    .post(
      `/v1/admin/orders/${refunded}/refunds`,
      { items: [{ product_id: product, quantity: 1 }] },
      { idempotencyKey: 'r' },
    )
    .expect(202);
  await api.app.get(SubmitRefunds).sweep();
  await buyer
    .post('/v1/orders', { items: [{ product_id: product, quantity: 1 }] }, { idempotencyKey: 'waiting' })
    .expect(201);
}

describe('the audit of a live database', () => {
  it('finds nothing where nothing is wrong', async () => {
    const broken = [];
    for (const [sentence, text] of Object.entries(RULES)) {
      if ((await client.query(text)).rowCount !== 0) broken.push(sentence);
    }

    expect(broken).toEqual([]);
  });

  it('has a way to break each of its rules', () => {
    expect(Object.keys(DAMAGE).sort()).toEqual(Object.keys(RULES).sort());
  });

  it.each(Object.keys(RULES))('sees it where this no longer holds: %s', async (sentence) => {
    await client.query('BEGIN');
    try {
      await client.query(DAMAGE[sentence] ?? '');
      const { rowCount } = await client.query(RULES[sentence] ?? '');

      expect(rowCount).toBeGreaterThan(0);
    } finally {
      await client.query('ROLLBACK');
    }
  });
});
