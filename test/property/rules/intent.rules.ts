import { type Method, METHODS, type PaymentModel, type Standing } from '../world.js';

const CONFIRMABLE: ReadonlySet<Standing> = new Set(['open', 'declined', 'requires_action']);

/** How the intent stands at Stripe; undefined where there is none. */
export function standingOf({ history }: PaymentModel): Standing | undefined {
  return history.at(-1);
}

/** Whether an intent may be confirmed, which goes for giving it up as well. */
export function isOpen(payment: PaymentModel): boolean {
  const standing = standingOf(payment);
  return standing !== undefined && CONFIRMABLE.has(standing);
}

/** Stripe makes an intent, and charges it where there is a method. */
export function createIntent(payment: PaymentModel, method: Method | null): void {
  payment.history.push('open');
  if (method !== null) payment.history.push(METHODS[method].leadsTo);
}

/** Stripe confirms an intent. Nothing happens to one that is further already. */
export function confirmIntent(payment: PaymentModel, method: Method): void {
  if (isOpen(payment)) payment.history.push(METHODS[method].leadsTo);
}

/** Stripe gives an intent up. Nothing happens to one that is further already. */
export function cancelIntent(payment: PaymentModel): void {
  if (isOpen(payment)) payment.history.push('canceled');
}
