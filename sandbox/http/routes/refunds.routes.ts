import { z } from 'zod';
import { ok } from '../../actions/answer.js';
import { chargeToRefund, getRefund } from '../../actions/find.js';
import { cancelRefund, createRefund } from '../../actions/refunds.js';
import { listPage } from '../listing.js';
import * as param from '../params.js';
import { stripeRoute, type StripeRoute } from '../stripe-route.js';

const URL = '/v1/refunds';

const create = stripeRoute({
  method: 'POST',
  url: URL,
  schema: z.strictObject({
    amount: param.amount.optional(),
    charge: param.text.optional(),
    metadata: param.metadata.optional(),
    payment_intent: param.text.optional(),
    reason: param.oneOf(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
  }),
  run(tx, asked, call) {
    const charge = chargeToRefund(tx, { charge: asked.charge, paymentIntent: asked.payment_intent });
    const metadata = param.mergeMetadata({}, asked.metadata);
    const request = { amount: asked.amount ?? null, reason: asked.reason ?? null, metadata };
    return ok(createRefund(tx, charge, request, call.context.refundSettleMs));
  },
});

const retrieve = stripeRoute({
  method: 'GET',
  url: `${URL}/:id`,
  schema: z.strictObject({}),
  run: (tx, _asked, call) => ok(getRefund(tx, call.id).refund),
});

const update = stripeRoute({
  method: 'POST',
  url: `${URL}/:id`,
  schema: z.strictObject({ metadata: param.metadata.optional() }),
  run(tx, asked, call) {
    const row = getRefund(tx, call.id);
    const refund = { ...row.refund, metadata: param.mergeMetadata(row.refund.metadata, asked.metadata) };
    tx.put('refund', refund.id, { ...row, refund });
    return ok(refund);
  },
});

const cancel = stripeRoute({
  method: 'POST',
  url: `${URL}/:id/cancel`,
  schema: z.strictObject({}),
  run: (tx, _asked, call) => ok(cancelRefund(tx, getRefund(tx, call.id))),
});

const list = stripeRoute({
  method: 'GET',
  url: URL,
  schema: z.strictObject({
    ...param.page,
    charge: param.text.optional(),
    created: param.createdRange.optional(),
    payment_intent: param.text.optional(),
  }),
  run(tx, asked) {
    const refunds = tx
      .all('refund')
      .map((row) => row.refund)
      .filter(({ charge }) => asked.charge === undefined || charge === asked.charge)
      .filter(({ payment_intent: intent }) => asked.payment_intent === undefined || intent === asked.payment_intent);
    return ok(listPage(refunds, asked, URL));
  },
});

export const REFUND_ROUTES: readonly StripeRoute[] = [create, retrieve, update, cancel, list];
