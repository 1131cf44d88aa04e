import { INVARIANTS, PUNCTUALITY } from '../../src/invariants.js';
import { eventually } from '../support/poll.js';
import type { CampaignShop } from './campaign-shop.js';
import type { DatabaseRows } from './database-rows.js';
import type { LedgerCharge } from './sandbox-account.js';

interface OrderRow {
  readonly id: string;
  readonly status: string;
  readonly total_amount: number;
  readonly currency: string;
  readonly provider: string;
}

/** A rule and what breaks it; nothing where it holds. */
interface Finding {
  readonly rule: string;
  readonly evidence: readonly unknown[];
}

const SHOWN_ROWS = 5;
const SOLD = new Set(['paid', 'fulfilled', 'archived', 'refunded']);

/** Work that a worker or a client's next repeat still has to end. Each statement answers what is not over. */
const UNDER_WAY: Readonly<Record<string, string>> = {
  'no payment has an unknown outcome': `SELECT id, order_id, status, next_check_at FROM payments WHERE status = 'processing'`,
  // Holds still expire, so that some call has always just begun.
  'no call to the provider is left open': `
    SELECT id, payment_id, "action", created_at FROM payment_attempts
    WHERE outcome = 'unknown' AND created_at < now() - interval '5 seconds'`,
  'no order waits for an outcome': `SELECT id, status FROM orders WHERE payment_status = 'processing'`,
  'no refund is under way': `SELECT id, order_id, status, next_check_at FROM refunds WHERE status IN ('requested', 'submitted', 'pending')`,
  'no event of the provider waits or was given up': `
    SELECT id, type, status, attempts, last_error FROM webhook_events WHERE status IN ('received', 'deferred', 'parked')`,
};

/**
 * Waits until all work is over, the audit is clean and the ledger of the sandbox agrees with the orders, and writes down
 * what is not so when the time is up.
 */
export async function checkInTheEnd(shop: CampaignShop, withinMs: number): Promise<void> {
  const started = Date.now();
  const found = await eventually(
    async () => {
      const found = await lookAtRules(shop);
      const broken = found.filter(({ evidence }) => evidence.length > 0);
      for (const { rule } of broken) shop.tally.set(`ms until ${rule}`, Date.now() - started);
      if (broken.length > 0) throw new NotYet(found);
      return found;
    },
    { withinMs, everyMs: 500 },
  ).catch((error: unknown) => lastFinding(error));
  for (const { rule, evidence } of found) shop.tally.check(rule, evidence);
  shop.tally.set('ms until all was settled', Date.now() - started);
}

class NotYet extends Error {
  constructor(readonly found: readonly Finding[]) {
    super('not everything holds yet');
  }
}

function lastFinding(error: unknown): readonly Finding[] {
  if (error instanceof Error && error.cause instanceof NotYet) return error.cause.found;
  throw error;
}

async function lookAtRules({ rows, stripe }: CampaignShop): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const [rule, text] of Object.entries({ ...UNDER_WAY, ...INVARIANTS, ...PUNCTUALITY })) {
    found.push({ rule, evidence: (await rows.query(text)).slice(0, SHOWN_ROWS) });
  }
  return [...found, ...(await ledgerRules(rows, await stripe.capturedCharges()))];
}

/** Where the books of the provider and ours differ. */
export async function ledgerRules(rows: DatabaseRows, charges: readonly LedgerCharge[]): Promise<Finding[]> {
  const orders = await rows.query<OrderRow>('SELECT id, status, total_amount, currency, provider FROM orders');
  const byId = new Map(orders.map((order) => [order.id, order]));
  const kept = new Map<string, number>();
  for (const { order_id: id, captured, refunded } of charges) {
    if (id !== null && refunded < captured) kept.set(id, (kept.get(id) ?? 0) + 1);
  }
  const refunds = await refundedByPayment(rows);
  return [
    {
      rule: 'each charge belongs to a sold order of that amount, or was refunded in full',
      evidence: charges.filter((charge) => charge.refunded !== charge.captured && !paysFor(charge, byId)),
    },
    {
      rule: 'no order keeps the money of two charges',
      evidence: [...kept].filter(([, count]) => count > 1),
    },
    {
      rule: 'each order that Stripe paid for has its charge',
      evidence: orders.filter(
        ({ id, status, provider }) =>
          SOLD.has(status) && provider === 'stripe' && !charges.some(({ order_id: of }) => of === id),
      ),
    },
    {
      rule: 'what Stripe gave back is what the refunds say',
      evidence: charges.filter((charge) => charge.refunded !== (refunds.get(charge.payment_id ?? '') ?? 0)),
    },
  ];
}

function paysFor(charge: LedgerCharge, orders: ReadonlyMap<string, OrderRow>): boolean {
  const order = orders.get(charge.order_id ?? '');
  if (!order || !SOLD.has(order.status)) return false;
  return order.total_amount === charge.captured && order.currency === charge.currency;
}

async function refundedByPayment(rows: DatabaseRows): Promise<ReadonlyMap<string, number>> {
  const sums = await rows.query<{ payment_id: string; amount: number }>(
    `SELECT payment_id, sum(amount)::bigint AS amount FROM refunds WHERE status = 'succeeded' GROUP BY payment_id`,
  );
  return new Map(sums.map(({ payment_id: id, amount }) => [id, amount]));
}
