import type { Clock } from '../../src/kernel/clock.js';

/** A clock that stands still until a test moves it. It moves neither PostgreSQL's clock nor the TTL of a Redis key. */
export interface FixedClock extends Clock {
  advance(milliseconds: number): void;
  set(instant: string): void;
}

/** @param instant RFC 3339, for example `2026-11-20T12:00:00.000Z` */
export function fixedClock(instant = '2026-11-20T12:00:00.000Z'): FixedClock {
  let nowMs = Date.parse(instant);
  return {
    now: () => new Date(nowMs),
    advance: (milliseconds) => {
      nowMs += milliseconds;
    },
    set: (next) => {
      nowMs = Date.parse(next);
    },
  };
}
