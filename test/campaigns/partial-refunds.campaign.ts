import { seededRandom } from '../../sandbox/seeded-random.js';
import type { Answer } from './caller.js';
import type { CampaignContext, CampaignOptions, CampaignReport } from './campaign.js';
import { type CampaignShop, inShop } from './campaign-shop.js';
import { checkInTheEnd } from './final-checks.js';
import { forEachAtOnce } from './gate.js';

export const partialRefunds = {
  summary: 'rounds of 20 partial refunds of one order at once, far more than it cost: never a cent above captured',
  defaults: { rounds: 50, concurrency: 20 },
  durable: false,
  run,
};

const AT_ONCE = 20;
const UNIT_PRICE = 2_500;
const UNITS = 3;
const SETTLED_WITHIN_MS = 120_000;

interface Promised {
  readonly orderId: string;
  readonly captured: number;
  /** Sum of the refunds that were accepted. */
  readonly accepted: number;
}

export function run(context: CampaignContext, options: CampaignOptions): Promise<CampaignReport> {
  return inShop(context, options, {}, async (shop) => {
    const random = seededRandom(options.seed);
    const product = await shop.product({ unitPrice: UNIT_PRICE, onHand: options.rounds * UNITS });
    const promises: Promised[] = [];
    for (let round = 0; round < options.rounds; round += 1) {
      promises.push(await refundAtOnce(shop, product.id, random));
      shop.tally.count('rounds');
    }
    await checkInTheEnd(shop, SETTLED_WITHIN_MS);
    await checkSums(shop, promises);
  });
}

async function refundAtOnce(shop: CampaignShop, productId: string, random: () => number): Promise<Promised> {
  const body = { items: [{ product_id: productId, quantity: UNITS }], payment_method: 'pm_card_visa' };
  const bought = await shop.customer().ask({ method: 'POST', path: '/v1/orders', body, key: 'refunded' });
  const { id: orderId = '', total_amount: captured = 0 } = bought.body;
  const amounts = Array.from({ length: AT_ONCE }, () => 1 + Math.floor(random() * (captured / 4)));
  const admin = shop.admin();
  const answers = await forEachAtOnce(AT_ONCE, AT_ONCE, (index) =>
    admin.ask({
      method: 'POST',
      path: `/v1/admin/orders/${orderId}/refunds`,
      body: { amount: amounts[index] },
      key: `${orderId}-${index}`,
    }),
  );
  const accepted = amounts.filter((_, index) => answers[index]?.status === 202).reduce((sum, one) => sum + one, 0);
  checkAnswers(shop, { orderId, captured, accepted }, { amounts, answers });
  return { orderId, captured, accepted };
}

/** Whatever was refused must not fit into what is left: promises are never taken back in this campaign. */
function checkAnswers(
  { tally }: CampaignShop,
  promised: Promised,
  { amounts, answers }: { readonly amounts: readonly number[]; readonly answers: readonly Answer[] },
): void {
  const left = promised.captured - promised.accepted;
  tally.count('refunds accepted', answers.filter(({ status }) => status === 202).length);
  if (left < 0) tally.violate('no more is promised than was captured', promised);
  answers.forEach(({ status, body, text }, index) => {
    if (status === 202) return;
    tally.count('refunds refused');
    const rightly = status === 422 && body.code === 'refund_exceeds_captured' && (amounts[index] ?? 0) > left;
    if (!rightly) tally.violate('only what exceeds the captured money is refused', { promised, status, text });
  });
}

async function checkSums({ rows, stripe, tally }: CampaignShop, promises: readonly Promised[]): Promise<void> {
  const charges = await stripe.capturedCharges();
  const orders = await rows.query<{ id: string; refunded_amount: number }>('SELECT id, refunded_amount FROM orders');
  const sums = promises.map(({ orderId, captured, accepted }) => ({
    ...{ orderId, captured, accepted },
    booked: orders.find(({ id }) => id === orderId)?.refunded_amount,
    atStripe: charges.find(({ order_id: id }) => id === orderId)?.refunded,
  }));
  tally.check(
    'what was accepted, what the order says and what Stripe gave back are one sum',
    sums.filter(({ accepted, booked, atStripe }) => booked !== accepted || atStripe !== accepted),
  );
  tally.check(
    'never a cent above captured',
    sums.filter(({ captured, atStripe = 0 }) => atStripe > captured),
  );
}
