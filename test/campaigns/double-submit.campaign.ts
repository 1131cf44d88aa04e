import type { Answer, Caller } from './caller.js';
import type { CampaignContext, CampaignOptions, CampaignReport } from './campaign.js';
import { type CampaignShop, inShop } from './campaign-shop.js';
import { checkInTheEnd } from './final-checks.js';
import { forEachAtOnce } from './gate.js';

export const doubleSubmit = {
  summary: 'every order is submitted twice at the same moment with one key: one order and one charge each',
  defaults: { orders: 1_000, concurrency: 16 },
  durable: false,
  run,
};

const SETTLED_WITHIN_MS = 60_000;

export function run(context: CampaignContext, options: CampaignOptions): Promise<CampaignReport> {
  return inShop(context, options, {}, async (shop) => {
    const product = await shop.product({ unitPrice: 1_000, onHand: options.orders });
    const body = { items: [{ product_id: product.id, quantity: 1 }], payment_method: 'pm_card_visa' };
    await forEachAtOnce(options.orders, Math.ceil(options.concurrency / 2), () => submitTwice(shop, body));
    await checkInTheEnd(shop, SETTLED_WITHIN_MS);
    await checkCounts(shop, options.orders);
  });
}

/** A double click: neither request knows of the other. The one that is told to wait asks again. */
async function submitTwice({ tally, customer }: CampaignShop, body: object): Promise<void> {
  const buyer = customer();
  const answers = await Promise.all([submit(buyer, body), submit(buyer, body)]);
  const [first, second] = answers;
  tally.count('double submits');
  if (first.replayed !== second.replayed) tally.count('replayed');
  const alike = first.status === 201 && first.text === second.text && first.replayed !== second.replayed;
  if (!alike) tally.violate('both of a double submit get one answer, one of them as a replay', answers);
}

function submit(buyer: Caller, body: object): Promise<Answer> {
  return buyer.ask({ method: 'POST', path: '/v1/orders', body, key: `double-${buyer.id}` });
}

async function checkCounts({ rows, stripe, tally }: CampaignShop, expected: number): Promise<void> {
  const customers = await rows.query('SELECT customer_id, count(*) FROM orders GROUP BY 1 HAVING count(*) <> 1');
  tally.check('one order for each double submit', customers);
  const [paid] = await rows.query<{ count: number }>(`SELECT count(*) FROM orders WHERE status = 'paid'`);
  const charges = await stripe.capturedCharges();
  tally.set('paid orders', paid?.count ?? 0);
  tally.set('charges', charges.length);
  tally.check('as many paid orders as double submits', paid?.count === expected ? [] : [paid]);
  tally.check(
    'one charge for each order',
    charges.length === expected && new Set(charges.map((charge) => charge.order_id)).size === expected
      ? []
      : [{ charges: charges.length, expected }],
  );
}
