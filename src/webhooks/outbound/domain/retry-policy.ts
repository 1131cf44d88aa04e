import type { Receipt } from './delivery.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/**
 * The schedule that Standard Webhooks proposes: the first attempt at once, then these pauses, in seconds, more than three
 * days in all (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#deliverability-and-reliability).
 */
const PAUSES: readonly number[] = [
  5,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];
const LARGEST_JITTER = 0.2;
/** A receiver may put us off, but not for good. */
const LONGEST_WISH_SECONDS = 24 * HOUR;
const LONGEST_SILENCE_SECONDS = HOUR;

const GONE = 410;
const BUSY: ReadonlySet<number | null> = new Set([429, 503]);

/** What follows from an attempt. */
export type Verdict =
  | { readonly kind: 'delivered' }
  /** `pauseAllSeconds`: how long the receiver wants to hear nothing at all. */
  | { readonly kind: 'retry'; readonly seconds: number; readonly pauseAllSeconds: number }
  | { readonly kind: 'given_up' }
  /** The receiver does not want to be called any more, for this or anything else. */
  | { readonly kind: 'gone' };

/**
 * Judges the attempt with this number, the first being 1. `chance` is random, from 0 to 1, so that what failed together does
 * not come back together.
 */
export function judge(attempt: number, receipt: Receipt, chance: number): Verdict {
  const { status } = receipt;
  if (status !== null && status >= 200 && status < 300) return { kind: 'delivered' };
  if (status === GONE) return { kind: 'gone' };
  const pause = PAUSES[attempt - 1];
  if (pause === undefined) return { kind: 'given_up' };
  const wish = BUSY.has(status) ? Math.min(receipt.retryAfterSeconds ?? 0, LONGEST_WISH_SECONDS) : 0;
  const seconds = Math.max(pause, wish) * (1 + LARGEST_JITTER * chance);
  return { kind: 'retry', seconds, pauseAllSeconds: Math.min(wish, LONGEST_SILENCE_SECONDS) };
}

/** Whether a delivery was taken up more often than it may be sent: each time the process died over it. */
export function isFatal(attempt: number): boolean {
  return attempt > PAUSES.length + 1;
}
