import { z } from 'zod';
import { ok } from '../../actions/answer.js';
import { getCharge, getDispute } from '../../actions/find.js';
import { listPage } from '../listing.js';
import * as param from '../params.js';
import { stripeRoute, type StripeRoute } from '../stripe-route.js';

const listFilters = {
  ...param.page,
  created: param.createdRange.optional(),
  payment_intent: param.text.optional(),
};

const listCharges = stripeRoute({
  method: 'GET',
  url: '/v1/charges',
  schema: z.strictObject(listFilters),
  run(tx, asked) {
    const intent = asked.payment_intent;
    const charges = tx.all('charge').filter((charge) => intent === undefined || charge.payment_intent === intent);
    return ok(listPage(charges, asked, '/v1/charges'));
  },
});

const retrieveCharge = stripeRoute({
  method: 'GET',
  url: '/v1/charges/:id',
  schema: z.strictObject({}),
  run: (tx, _asked, call) => ok(getCharge(tx, call.id)),
});

const listDisputes = stripeRoute({
  method: 'GET',
  url: '/v1/disputes',
  schema: z.strictObject({ ...listFilters, charge: param.text.optional() }),
  run(tx, asked) {
    const disputes = tx
      .all('dispute')
      .filter(({ charge }) => asked.charge === undefined || charge === asked.charge)
      .filter(({ payment_intent: intent }) => asked.payment_intent === undefined || intent === asked.payment_intent);
    return ok(listPage(disputes, asked, '/v1/disputes'));
  },
});

const retrieveDispute = stripeRoute({
  method: 'GET',
  url: '/v1/disputes/:id',
  schema: z.strictObject({}),
  run: (tx, _asked, call) => ok(getDispute(tx, call.id)),
});

export const CHARGE_ROUTES: readonly StripeRoute[] = [listCharges, retrieveCharge, listDisputes, retrieveDispute];
