import type { ComparedObject, DifferenceKind, Entry } from './difference.js';

/** Whether money moved, or is on its way, by this entry. What never came to anything needs no counterpart. */
export function counts(object: ComparedObject, { status }: Entry): boolean {
  if (object === 'payment') return status === 'succeeded';
  return status !== 'failed' && status !== 'canceled';
}

/**
 * How two entries about the same money differ; undefined is a side that knows nothing of it. Where the statuses differ, the
 * amounts follow from that and are no differences of their own.
 */
export function differencesBetween(
  object: ComparedObject,
  here: Entry | undefined,
  atStripe: Entry | undefined,
): readonly DifferenceKind[] {
  const countsHere = here !== undefined && counts(object, here);
  const countsThere = atStripe !== undefined && counts(object, atStripe);
  if (!countsHere && !countsThere) return [];
  if (here === undefined) return ['missing_here'];
  if (atStripe === undefined) return ['missing_at_stripe'];
  if (here.status !== atStripe.status) return ['status'];
  return [
    ...(here.amount === atStripe.amount ? [] : (['amount'] as const)),
    ...(here.currency === atStripe.currency ? [] : (['currency'] as const)),
  ];
}
