/**
 * Why the system itself gives an order up or gives money back, in one list: whoever reads `cancel_reason` or the `reason` of a
 * refund has to be able to trust that nobody else wrote these words.
 */
export const SYSTEM_REASONS = [
  'reservation_expired',
  'out_of_stock_at_payment',
  'paid_after_cancellation',
  'refunded_after_review',
  'paid_twice',
  'payment_not_attached',
] as const;
export type SystemReason = (typeof SYSTEM_REASONS)[number];

const WORDS: ReadonlySet<string> = new Set(SYSTEM_REASONS.map(wordsOf));

/** Whether a text could be taken for a reason of the system, in whatever way it is written. */
export function looksLikeSystemReason(text: string): boolean {
  return WORDS.has(wordsOf(text));
}

/** The letters alone. NFKD takes letters of other forms back to those that they look like. */
function wordsOf(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z]/g, '');
}
