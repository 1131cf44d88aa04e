// All routes of Stripe's API that the sandbox answers. Each file holds those of one kind of object; none does any work
// itself: they read parameters and call an action.
import type { StripeRoute } from '../stripe-route.js';
import { CHARGE_ROUTES } from './charges.routes.js';
import { EVENT_ROUTES } from './events.routes.js';
import { PAYMENT_INTENT_LIST_ROUTES } from './payment-intent-lists.routes.js';
import { PAYMENT_INTENT_ROUTES } from './payment-intents.routes.js';
import { REFUND_ROUTES } from './refunds.routes.js';

export const STRIPE_ROUTES: readonly StripeRoute[] = [
  ...PAYMENT_INTENT_LIST_ROUTES,
  ...PAYMENT_INTENT_ROUTES,
  ...CHARGE_ROUTES,
  ...REFUND_ROUTES,
  ...EVENT_ROUTES,
];
