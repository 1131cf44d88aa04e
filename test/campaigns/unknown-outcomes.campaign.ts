import { eventually } from '../support/poll.js';
import type { CampaignContext, CampaignOptions, CampaignReport } from './campaign.js';
import { type CampaignShop, inShop } from './campaign-shop.js';
import { checkInTheEnd } from './final-checks.js';
import { forEachAtOnce } from './gate.js';

export const unknownOutcomes = {
  summary: 'Stripe charges, and then hangs or answers 500: one charge each, and every order paid within 60 s',
  defaults: { orders: 50, concurrency: 25 },
  durable: false,
  run,
};

const PAID_WITHIN_SECONDS = 60;
const SETTLED_WITHIN_MS = 10_000;

/** What the sandbox does after it charged; sandbox/README.md says more. */
const FAULTS = {
  'hung after the charge': { kind: 'hang_after' },
  '500s that their key repeats': { kind: 'error_after', replay: 'error' },
  '500s whose key finds the charge': { kind: 'error_after', replay: 'result' },
} as const;

interface Charged {
  readonly orderId: string;
  readonly fault: string;
}

/** `orders` is how often each kind of fault strikes. */
export function run(context: CampaignContext, options: CampaignOptions): Promise<CampaignReport> {
  // Stripe is given up early, so that the campaign spends its time on what comes after.
  return inShop(context, options, { STRIPE_TIMEOUT_MS: '1000' }, async (shop) => {
    const names = Object.keys(FAULTS);
    const product = await shop.product({ unitPrice: 1_500, onHand: options.orders * names.length });
    const charged: Charged[] = [];
    for (const [name, fault] of Object.entries(FAULTS)) {
      charged.push(
        ...(await forEachAtOnce(options.orders, options.concurrency, () =>
          payInTheDark(shop, product.id, { name, ...fault }),
        )),
      );
    }
    await waitUntilPaid(shop);
    await checkInTheEnd(shop, SETTLED_WITHIN_MS);
    await checkCharges(shop, charged);
  });
}

/** The order exists before it is paid, so that the fault can be meant for its call alone. */
async function payInTheDark(
  { customer, stripe, tally }: CampaignShop,
  productId: string,
  { name, ...fault }: { readonly name: string; readonly kind: string },
): Promise<Charged> {
  const buyer = customer();
  const items = [{ product_id: productId, quantity: 1 }];
  const { body } = await buyer.ask({ method: 'POST', path: '/v1/orders', body: { items }, key: 'order' });
  const orderId = body.id ?? '';
  await stripe.armFor(orderId, fault);
  const answer = await buyer.ask({
    ...{ method: 'POST', path: `/v1/orders/${orderId}/payments`, key: 'pay' },
    body: { payment_method: 'pm_card_visa' },
  });
  tally.count(name);
  if (answer.status !== 200 || answer.body.payment_status !== 'processing') {
    tally.violate('an unknown outcome is told as processing', { fault: name, answer });
  }
  return { orderId, fault: name };
}

/** Waits for the last one; how long each took is in the audit trail. */
async function waitUntilPaid({ rows, tally }: CampaignShop): Promise<void> {
  await eventually(
    async () => {
      // One statement: an order that is paid between two would be missing from the one and not unpaid in the other.
      const [row] = await rows.query<{ paid: number; unpaid: number }>(
        `SELECT count(*) FILTER (WHERE status = 'paid') AS paid, count(*) FILTER (WHERE status <> 'paid') AS unpaid FROM orders`,
      );
      tally.set('paid', row?.paid ?? 0);
      if (!row || row.unpaid > 0) throw new Error('not all are paid yet');
    },
    { withinMs: PAID_WITHIN_SECONDS * 1_000, everyMs: 200 },
  ).catch(() => undefined);
  const late = await rows.query(
    `SELECT o.id, o.status, o.payment_status, a."timestamp" - p.created_at AS took
     FROM payments p JOIN orders o ON o.id = p.order_id
     LEFT JOIN audit_entries a ON a.order_id = o.id AND a.event_type = 'order_paid'
     WHERE a."timestamp" IS NULL OR a."timestamp" - p.created_at > make_interval(secs => $1) LIMIT 10`,
    [PAID_WITHIN_SECONDS],
  );
  tally.check(`each order is paid within ${PAID_WITHIN_SECONDS} s`, late);
}

async function checkCharges({ stripe, tally }: CampaignShop, charged: readonly Charged[]): Promise<void> {
  const byOrder = await stripe.control.capturedByOrder();
  tally.check(
    'one charge for each order',
    charged.flatMap(({ orderId, fault }) => {
      const charges = byOrder.get(orderId)?.length ?? 0;
      return charges === 1 ? [] : [{ orderId, fault, charges }];
    }),
  );
  const struck = (await stripe.control.fired('hang_after')) + (await stripe.control.fired('error_after'));
  tally.set('faults that struck', struck);
  tally.check('each fault struck once', struck === charged.length ? [] : [{ struck, expected: charged.length }]);
}
