import { INVARIANTS } from '../../src/invariants.js';

/** Whatever can run SQL: the database of a test API, a data source, a pool. */
export interface Queryable {
  query(text: string): Promise<unknown>;
}

/** States that an order reaches through `paid` alone. */
const SOLD = `('paid', 'fulfilled', 'archived', 'refunded')`;

/** What holds as well once the dust has settled: nothing is under way any more. */
const SETTLED: Readonly<Record<string, string>> = {
  'no payment has an unknown outcome': `SELECT id, order_id, status, next_check_at FROM payments WHERE status = 'processing'`,
  'no call to the provider is left open': `SELECT id, payment_id, "action" FROM payment_attempts WHERE outcome = 'unknown'`,
  'no order waits for an outcome': `SELECT id, status, payment_status FROM orders WHERE payment_status = 'processing'`,
  'a failed order holds no stock': `
    SELECT r.id, o.id AS order_id FROM reservations r JOIN orders o ON o.id = r.order_id
    WHERE r.status = 'active' AND o.status <> 'created'`,
};

/**
 * Fails with every broken invariant of `npm run audit` and its rows, all but those of punctuality, which need a worker. True
 * after every commit, so call it at any time. That each of these rules bites is proven where it is broken by hand.
 */
export async function expectInvariants(database: Queryable): Promise<void> {
  expect(await violationsOf(database, INVARIANTS)).toEqual({});
}

/** {@link expectInvariants}, and that no payment is under way. */
export async function expectSettled(database: Queryable): Promise<void> {
  expect(await violationsOf(database, { ...INVARIANTS, ...SETTLED })).toEqual({});
}

/**
 * Fails unless what Stripe captured and what the orders say are the same, amount by amount: nobody paid twice, nobody got
 * anything for nothing. For tests without refunds.
 */
export async function expectBooksAgree(
  database: Queryable,
  stripe: { capturedByOrder(): Promise<ReadonlyMap<string | null, readonly { readonly captured: number }[]>> },
): Promise<void> {
  const sold: unknown = await database.query(
    `SELECT id, total_amount::integer AS total FROM orders WHERE status IN ${SOLD} AND provider = 'stripe'`,
  );
  if (!Array.isArray(sold)) throw new Error('the database answers no rows');
  const books = Object.fromEntries(sold.map(({ id, total }: { id: string; total: number }) => [id, [total]]));
  const captured = [...(await stripe.capturedByOrder())].filter(([orderId]) => orderId !== null);
  expect(Object.fromEntries(captured.map(([id, charges]) => [id, charges.map((charge) => charge.captured)]))).toEqual(
    books,
  );
}

async function violationsOf(
  database: Queryable,
  invariants: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>> {
  const violations: Record<string, unknown> = {};
  for (const [sentence, text] of Object.entries(invariants)) {
    const rows = await database.query(text);
    if (!Array.isArray(rows)) throw new Error('the database answers no rows');
    if (rows.length > 0) violations[sentence] = rows.slice(0, 3);
  }
  return violations;
}
