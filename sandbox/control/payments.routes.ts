import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { beginProcessing } from '../actions/confirm-intent.js';
import { chargeToRefund, getDispute, getIntent, getRefund } from '../actions/find.js';
import { closeDispute, openDispute } from '../actions/disputes.js';
import { choosePaymentMethod } from '../actions/payment-methods.js';
import { createRefund, settleRefund } from '../actions/refunds.js';
import { authenticateIntent, settleProcessing } from '../actions/settle-intent.js';
import { assertLegal } from '../domain/intent-machine.js';
import { REFUND_STATUSES } from '../domain/records.js';
import { change, objectOf, readBody, type ControlParts } from './control-parts.js';

interface ById {
  Params: { id: string };
}

const outcome = z.enum(['succeed', 'fail']);
const amount = z.int().min(1).max(99_999_999);
const ofPayment = { charge: z.string().optional(), payment_intent: z.string().optional(), amount: amount.optional() };

const authentication = z.strictObject({ outcome });
const processing = z.strictObject({
  outcome: outcome.optional(),
  payment_method: z.string().default('pm_usBankAccount_processing'),
  decline_code: z.string().default('insufficient_funds'),
});
const refund = z.strictObject({ ...ofPayment, reason: z.string().default('requested_by_customer') });
const refundStatus = z.strictObject({ status: z.enum(REFUND_STATUSES) });
const dispute = z.strictObject({ ...ofPayment, reason: z.string().default('fraudulent') });
const disputeStatus = z.strictObject({ status: z.enum(['won', 'lost']) });

/** What customers, banks and people in the dashboard do to payments. */
export function paymentRoutes(app: FastifyInstance, parts: ControlParts): void {
  intentRoutes(app, parts);
  app.post('/refunds', (request) => {
    const asked = readBody(refund, request.body);
    return change(parts, (tx, { refundSettleMs }) => {
      const charge = chargeToRefund(tx, { charge: asked.charge, paymentIntent: asked.payment_intent });
      // A refund made in the dashboard carries none of the integration's metadata.
      return createRefund(
        tx,
        charge,
        { amount: asked.amount ?? null, reason: asked.reason, metadata: {} },
        refundSettleMs,
      );
    });
  });
  app.post<ById>('/refunds/:id', ({ params: { id }, body }) => {
    const { status } = readBody(refundStatus, body);
    return change(parts, (tx) => settleRefund(tx, getRefund(tx, id), status));
  });
  app.post('/disputes', (request) => {
    const asked = readBody(dispute, request.body);
    return change(parts, (tx) => {
      const charge = chargeToRefund(tx, { charge: asked.charge, paymentIntent: asked.payment_intent });
      return openDispute(tx, charge, { amount: asked.amount ?? charge.amount_captured, reason: asked.reason });
    });
  });
  app.post<ById>('/disputes/:id', ({ params: { id }, body }) => {
    const { status } = readBody(disputeStatus, body);
    return change(parts, (tx) => closeDispute(tx, getDispute(tx, id), status));
  });
}

function intentRoutes(app: FastifyInstance, parts: ControlParts): void {
  app.post<ById>('/payment_intents/:id/authenticate', ({ params: { id }, body }) => {
    const asked = readBody(authentication, body);
    return change(parts, (tx, context) => objectOf(authenticateIntent(tx, getIntent(tx, id), asked.outcome, context)));
  });
  // Without an outcome the intent starts to process; with one the network answers.
  app.post<ById>('/payment_intents/:id/processing', ({ params: { id }, body }) => {
    const asked = readBody(processing, body);
    return change(parts, (tx) => {
      const intent = getIntent(tx, id);
      if (asked.outcome !== undefined) return objectOf(settleProcessing(tx, intent, asked.outcome, asked.decline_code));
      assertLegal(intent, 'confirm');
      return beginProcessing(tx, intent, choosePaymentMethod(tx, asked.payment_method));
    });
  });
}
