import type Stripe from 'stripe';
import type { PaymentAttempt } from '../domain/payment.js';

const PAGE_SIZE = 100;
/** Two thousand intents. Whoever has more of them since an attempt learns of it by webhook long before. */
const MOST_PAGES = 20;
/** How far Stripe's clock may be behind ours. */
const CLOCK_SKEW_SECONDS = 60;

type Page = Stripe.ApiList<Stripe.PaymentIntent>;
type List = (parameters: Stripe.PaymentIntentListParams) => Promise<Page>;

/**
 * Looks for the intent that an attempt may have made, by the payment's id in its metadata, among all intents since the
 * attempt. Lists are strongly consistent where search is not (https://docs.stripe.com/search#data-freshness), so finding
 * none means that there is none yet. Throws where there are too many to read.
 */
export async function findIntent(list: List, attempt: PaymentAttempt): Promise<Stripe.PaymentIntent | undefined> {
  const since = Math.floor(attempt.createdAt.getTime() / 1_000) - CLOCK_SKEW_SECONDS;
  let page: Page | undefined;
  for (let read = 0; read < MOST_PAGES; read += 1) {
    const last = page?.data.at(-1);
    page = await list({
      created: { gte: since },
      limit: PAGE_SIZE,
      expand: ['data.latest_charge'],
      ...(last && { starting_after: last.id }),
    });
    const found = page.data.find((intent) => intent.metadata['payment_id'] === attempt.paymentId);
    if (found || !page.has_more) return found;
  }
  throw new Error(`there are more than ${MOST_PAGES * PAGE_SIZE} intents since attempt ${attempt.id}`);
}
