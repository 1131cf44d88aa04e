import { z } from 'zod';
import { ok } from '../../actions/answer.js';
import { listPage } from '../listing.js';
import * as param from '../params.js';
import { parseQuery } from '../search.js';
import { stripeRoute, type StripeRoute } from '../stripe-route.js';

const URL = '/v1/payment_intents';

const list = stripeRoute({
  method: 'GET',
  url: URL,
  schema: z.strictObject({ ...param.page, created: param.createdRange.optional() }),
  run: (tx, asked) => ok(listPage(tx.all('payment_intent'), asked, URL)),
});

// Search lags on purpose, as Stripe's does: whoever decides by it finds out here and not in production.
const search = stripeRoute({
  method: 'GET',
  url: `${URL}/search`,
  schema: z.strictObject({ query: param.text, limit: param.page.limit, page: param.text.optional() }),
  run(tx, asked, call) {
    const fits = parseQuery(asked.query);
    const indexed = tx.all('payment_intent').filter((intent) => intent.created * 1000 + call.searchLagMs <= tx.nowMs);
    const found = indexed.filter(fits).reverse();
    const start = Number(asked.page ?? 0) || 0;
    const end = start + (asked.limit ?? 10);
    const hasMore = end < found.length;
    return ok({
      object: 'search_result',
      url: `${URL}/search`,
      has_more: hasMore,
      next_page: hasMore ? String(end) : null,
      data: found.slice(start, end),
    });
  },
});

export const PAYMENT_INTENT_LIST_ROUTES: readonly StripeRoute[] = [list, search];
