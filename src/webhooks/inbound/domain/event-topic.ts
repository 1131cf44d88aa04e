import type { ReceivedEvent } from './webhook-event.js';

export type EventTopic = 'payment' | 'refund' | 'refunded_charge' | 'dispute' | 'report';

/** What the broker's events about payments are called. */
const REPORTS: ReadonlySet<string> = new Set(['payment.succeeded', 'payment.failed']);

/** What an event is about, by whom it came from; undefined where it is stored and left alone. */
export function topicOfEvent({ provider, type }: Pick<ReceivedEvent, 'provider' | 'type'>): EventTopic | undefined {
  if (provider === 'stripe') return topicOf(type);
  return REPORTS.has(type) ? 'report' : undefined;
}

/** The same for an event of Stripe. */
export function topicOf(type: string): EventTopic | undefined {
  if (type === 'charge.refunded') return 'refunded_charge';
  if (type.startsWith('payment_intent.')) return 'payment';
  if (type.startsWith('refund.')) return 'refund';
  return type.startsWith('charge.dispute.') ? 'dispute' : undefined;
}

/**
 * The types that have a topic, by name: whoever asks Stripe for a list of events may name 20 types at most, and no groups
 * (https://docs.stripe.com/api/events/list). That an intent was created tells nothing that we did not do ourselves.
 */
export const HANDLED_EVENT_TYPES = [
  'payment_intent.amount_capturable_updated',
  'payment_intent.canceled',
  'payment_intent.partially_funded',
  'payment_intent.payment_failed',
  'payment_intent.processing',
  'payment_intent.requires_action',
  'payment_intent.succeeded',
  'charge.refunded',
  'refund.created',
  'refund.failed',
  'refund.updated',
  'charge.dispute.closed',
  'charge.dispute.created',
  'charge.dispute.funds_reinstated',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.updated',
] as const;
