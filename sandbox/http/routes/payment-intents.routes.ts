import { z } from 'zod';
import { ok } from '../../actions/answer.js';
import { cancelIntent, captureIntent } from '../../actions/close-intent.js';
import { confirmIntent } from '../../actions/confirm-intent.js';
import { createIntent } from '../../actions/create-intent.js';
import { getIntent } from '../../actions/find.js';
import { updateIntent } from '../../actions/update-intent.js';
import type { Intent } from '../../domain/records.js';
import type { Transaction } from '../../transaction.js';
import * as param from '../params.js';
import { assertClientSecret } from '../stripe-call.js';
import { stripeRoute, type Call, type StripeRoute } from '../stripe-route.js';

const BASE = '/v1/payment_intents';

const offSession = z.union([param.flag, param.oneOf(['one_off', 'recurring'])]).optional();

const create = stripeRoute({
  method: 'POST',
  url: BASE,
  schema: z.strictObject({
    amount: param.amount,
    currency: param.currency,
    automatic_payment_methods: z
      .strictObject({ enabled: param.flag, allow_redirects: param.oneOf(['always', 'never']).optional() })
      .optional(),
    capture_method: param.oneOf(['automatic', 'automatic_async', 'manual']).optional(),
    confirm: param.flag.optional(),
    confirmation_method: param.oneOf(['automatic']).optional(),
    description: param.text.optional(),
    metadata: param.metadata.optional(),
    off_session: offSession,
    payment_method: param.text.optional(),
    receipt_email: param.email.optional(),
    return_url: param.httpUrl.optional(),
    shipping: param.shipping.optional(),
    statement_descriptor: param.text.optional(),
    statement_descriptor_suffix: param.text.optional(),
    use_stripe_sdk: param.flag.optional(),
  }),
  run(tx, asked, call) {
    const terms = {
      amount: asked.amount,
      currency: asked.currency,
      captureMethod: asked.capture_method === 'manual' ? ('manual' as const) : ('automatic' as const),
      allowRedirects: asked.automatic_payment_methods?.allow_redirects ?? ('always' as const),
      metadata: param.mergeMetadata({}, asked.metadata),
      description: asked.description ?? null,
      receiptEmail: asked.receipt_email ?? null,
      statementDescriptor: asked.statement_descriptor ?? null,
      statementDescriptorSuffix: asked.statement_descriptor_suffix ?? null,
      shipping: asked.shipping ?? null,
    };
    const confirmation = { ...confirmationOf(asked, call), confirm: asked.confirm ?? false, receiptEmail: null };
    return createIntent(tx, terms, confirmation, call.context);
  },
});

const confirm = stripeRoute({
  method: 'POST',
  url: `${BASE}/:id/confirm`,
  publishable: true,
  schema: z.strictObject({
    off_session: offSession,
    payment_method: param.text.optional(),
    receipt_email: param.email.optional(),
    return_url: param.httpUrl.optional(),
    use_stripe_sdk: param.flag.optional(),
  }),
  run: (tx, asked, call) => confirmIntent(tx, intentOf(tx, call), confirmationOf(asked, call), call.context),
});

interface AskedConfirmation {
  readonly payment_method?: string | undefined;
  readonly return_url?: string | undefined;
  readonly receipt_email?: string | undefined;
  readonly off_session?: boolean | string | undefined;
}

function confirmationOf(asked: AskedConfirmation, call: Call) {
  return {
    paymentMethod: asked.payment_method ?? null,
    returnUrl: asked.return_url ?? null,
    receiptEmail: asked.receipt_email ?? null,
    redirectImpossible: call.publishable || (asked.off_session ?? false) !== false,
  };
}

const retrieve = stripeRoute({
  method: 'GET',
  url: `${BASE}/:id`,
  publishable: true,
  schema: z.strictObject({}),
  run: (tx, _asked, call) => ok(intentOf(tx, call)),
});

const update = stripeRoute({
  method: 'POST',
  url: `${BASE}/:id`,
  schema: z.strictObject({
    amount: param.amount.optional(),
    description: param.text.optional(),
    metadata: param.metadata.optional(),
    payment_method: param.text.optional(),
    receipt_email: param.email.optional(),
  }),
  run: (tx, asked, call) =>
    ok(
      updateIntent(tx, getIntent(tx, call.id), {
        ...asked,
        mergeMetadata: (old) => param.mergeMetadata(old, asked.metadata),
      }),
    ),
});

const cancel = stripeRoute({
  method: 'POST',
  url: `${BASE}/:id/cancel`,
  schema: z.strictObject({
    cancellation_reason: param.oneOf(['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer']).optional(),
  }),
  run: (tx, asked, call) => ok(cancelIntent(tx, getIntent(tx, call.id), asked.cancellation_reason ?? null)),
});

const capture = stripeRoute({
  method: 'POST',
  url: `${BASE}/:id/capture`,
  schema: z.strictObject({ amount_to_capture: param.amount.optional() }),
  run: (tx, asked, call) => ok(captureIntent(tx, getIntent(tx, call.id), asked.amount_to_capture ?? null)),
});

function intentOf(tx: Transaction, call: Call): Intent {
  const intent = getIntent(tx, call.id);
  assertClientSecret(call.clientSecret, intent.client_secret, call.publishable);
  return intent;
}

export const PAYMENT_INTENT_ROUTES: readonly StripeRoute[] = [create, confirm, retrieve, update, cancel, capture];
