import type { Receipt } from './delivery.js';
import { isFatal, judge } from './retry-policy.js';

const answered = (status: number | null, retryAfterSeconds: number | null = null): Receipt => ({
  sentAt: new Date('2026-11-20T12:00:00Z'),
  headers: {},
  durationMs: 12,
  status,
  excerpt: null,
  error: null,
  retryAfterSeconds,
});

describe('an attempt to deliver', () => {
  it.each([200, 201, 202, 204, 299])('has succeeded with %i', (status) => {
    expect(judge(1, answered(status), 0)).toEqual({ kind: 'delivered' });
  });

  it.each([null, 199, 300, 301, 307, 400, 401, 404, 409, 500, 502, 504])('is repeated after %s', (status) => {
    expect(judge(1, answered(status), 0)).toEqual({ kind: 'retry', seconds: 5, pauseAllSeconds: 0 });
  });

  it('is repeated on the schedule of the specification, and then given up', () => {
    const verdicts = Array.from({ length: 10 }, (_, index) => judge(index + 1, answered(500), 0));

    const pauses = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
    expect(verdicts).toEqual([
      ...pauses.map((seconds) => ({ kind: 'retry', seconds, pauseAllSeconds: 0 })),
      { kind: 'given_up' },
    ]);
  });

  it('is repeated up to a fifth later than the schedule says', () => {
    expect(judge(2, answered(500), 0.5)).toEqual({ kind: 'retry', seconds: 330, pauseAllSeconds: 0 });
    expect(judge(2, answered(500), 1)).toEqual({ kind: 'retry', seconds: 360, pauseAllSeconds: 0 });
  });

  it('is the last one after 410', () => {
    expect(judge(1, answered(410), 0)).toEqual({ kind: 'gone' });
  });

  it.each([
    { asks: '429 for longer', status: 429, retryAfter: 60, seconds: 60, pauseAllSeconds: 60 },
    { asks: '503 for longer', status: 503, retryAfter: 60, seconds: 60, pauseAllSeconds: 60 },
    { asks: 'for less than the schedule has', status: 429, retryAfter: 2, seconds: 5, pauseAllSeconds: 2 },
    { asks: 'for a week', status: 503, retryAfter: 604_800, seconds: 86_400, pauseAllSeconds: 3_600 },
    { asks: 'for nothing', status: 429, retryAfter: null, seconds: 5, pauseAllSeconds: 0 },
    { asks: 'with another answer', status: 500, retryAfter: 60, seconds: 5, pauseAllSeconds: 0 },
  ])('honours a receiver that is busy and asks $asks', ({ status, retryAfter, seconds, pauseAllSeconds }) => {
    expect(judge(1, answered(status, retryAfter), 0)).toEqual({ kind: 'retry', seconds, pauseAllSeconds });
  });

  it('is fatal once it was begun more often than the schedule has attempts', () => {
    expect([10, 11].map(isFatal)).toEqual([false, true]);
  });
});
