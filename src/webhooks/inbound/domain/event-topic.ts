export type EventTopic = 'payment' | 'refund' | 'refunded_charge' | 'dispute';

/** What an event of this type is about; undefined where it is stored and left alone. */
export function topicOf(type: string): EventTopic | undefined {
  if (type === 'charge.refunded') return 'refunded_charge';
  if (type.startsWith('payment_intent.')) return 'payment';
  if (type.startsWith('refund.')) return 'refund';
  return type.startsWith('charge.dispute.') ? 'dispute' : undefined;
}
