import { looksLikeSystemReason, SYSTEM_REASONS } from './system-reason.js';

describe('a reason of the system', () => {
  it.each(SYSTEM_REASONS)('is known as such: %s', (reason) => {
    expect(looksLikeSystemReason(reason)).toBe(true);
  });

  it.each([
    'RESERVATION_EXPIRED',
    ' reservation_expired ',
    'reservation expired',
    'reservation_\u200bexpired',
    'ｒｅｓｅｒｖａｔｉｏｎ_expired',
    'paid-twice.',
  ])('is seen through %j', (text) => {
    expect(looksLikeSystemReason(text)).toBe(true);
  });

  it.each(['changed my mind', 'my reservation expired', 'expired', '', '💔', 'paid twice by mistake'])(
    'is not what a person says: %j',
    (text) => {
      expect(looksLikeSystemReason(text)).toBe(false);
    },
  );
});
