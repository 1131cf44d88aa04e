import { z } from 'zod';
import { ok } from '../../actions/answer.js';
import { retrievePaymentMethod } from '../../actions/payment-methods.js';
import { invalidRequest, resourceMissing } from '../../domain/stripe-error.js';
import { listPage } from '../listing.js';
import * as param from '../params.js';
import { stripeRoute, type StripeRoute } from '../stripe-route.js';

const list = stripeRoute({
  method: 'GET',
  url: '/v1/events',
  schema: z.strictObject({
    ...param.page,
    created: param.createdRange.optional(),
    delivery_success: param.flag.optional(),
    type: param.text.optional(),
    types: z.array(param.text).max(20).optional(),
  }),
  run(tx, asked, call) {
    if (asked.type !== undefined && asked.types !== undefined) {
      throw invalidRequest('You may pass either `type` or `types`, but not both.', { param: 'type' });
    }
    const fits = typeFilter(asked.types ?? (asked.type === undefined ? null : [asked.type]));
    const wanted = asked.delivery_success;
    const events = tx
      .all('event')
      .filter(({ event }) => fits(event.type))
      .map(({ event }) => ({ ...event, pending_webhooks: call.account.pendingWebhooks(event.id) }))
      .filter((event) => wanted === undefined || (event.pending_webhooks === 0) === wanted);
    return ok(listPage(events, asked, '/v1/events'));
  },
});

// `charge.*` stands for everything that begins so, as in Stripe's list.
function typeFilter(types: readonly string[] | null): (type: string) => boolean {
  if (types === null) return () => true;
  return (type) => types.some((asked) => (asked.endsWith('*') ? type.startsWith(asked.slice(0, -1)) : type === asked));
}

const retrieve = stripeRoute({
  method: 'GET',
  url: '/v1/events/:id',
  schema: z.strictObject({}),
  run(_tx, _asked, call) {
    const event = call.account.presentEvent(call.id);
    if (event === undefined) throw resourceMissing('event', call.id, 'id');
    return ok(event);
  },
});

const retrieveMethod = stripeRoute({
  method: 'GET',
  url: '/v1/payment_methods/:id',
  schema: z.strictObject({}),
  run: (tx, _asked, call) => ok(retrievePaymentMethod(tx, call.id)),
});

export const EVENT_ROUTES: readonly StripeRoute[] = [list, retrieve, retrieveMethod];
