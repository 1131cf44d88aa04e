import { afterFailure, afterSearch, isFatal } from './retry-policy.js';

const counted = (most: number) => Array.from({ length: most }, (_, index) => index + 1);

describe('an event', () => {
  it('that fails is tried 8 times within two minutes or so', () => {
    expect(counted(9).map(afterFailure)).toEqual([1, 2, 4, 8, 16, 32, 64, 'park', 'park']);
  });

  it('about something unknown is looked up from after a second to once a day, for three days', () => {
    const pauses = counted(13).map(afterSearch);

    expect(pauses).toEqual([1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 86_400, 86_400, 'park', 'park']);
    expect(pauses.filter((pause) => pause !== 'park').reduce((sum, pause) => sum + pause, 0)).toBe(260_181);
  });

  it.each([
    ['received', 8, false],
    ['received', 9, true],
    ['deferred', 12, false],
    ['deferred', 13, true],
  ] as const)('that is %s and was taken up %i times is fatal: %s', (status, attempts, expected) => {
    expect(isFatal({ status, attempts })).toBe(expected);
  });
});
