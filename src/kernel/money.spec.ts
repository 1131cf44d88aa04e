import * as fc from 'fast-check';
import { multiplyMinor, sumMinor } from './money.js';

const LARGEST = Number.MAX_SAFE_INTEGER;

describe('money', () => {
  it('is multiplied and summed in minor units', () => {
    expect(multiplyMinor(2_500, 2)).toBe(5_000);
    expect(sumMinor([5_000, 599, 1])).toBe(5_600);
    expect(sumMinor([])).toBe(0);
  });

  it('is exact up to the largest integer', () => {
    expect(multiplyMinor(LARGEST, 1)).toBe(LARGEST);
    expect(sumMinor([LARGEST - 1, 1])).toBe(LARGEST);
  });

  it.each([
    [LARGEST, 2],
    [99_999_999, 2 ** 31],
    [0.1, 3],
    [Number.NaN, 1],
    [Number.POSITIVE_INFINITY, 0],
  ])('refuses %d times %d, which is no exact integer', (unitMinor, quantity) => {
    expect(() => multiplyMinor(unitMinor, quantity)).toThrow(RangeError);
  });

  it('refuses a sum that is no exact integer', () => {
    expect(() => sumMinor([LARGEST, 1])).toThrow(RangeError);
    expect(() => sumMinor([1, 0.5])).toThrow(RangeError);
  });

  it('is either exact or refused', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (unitMinor, quantity) => {
        const exact = BigInt(unitMinor) * BigInt(quantity);
        let product: number | undefined;
        try {
          product = multiplyMinor(unitMinor, quantity);
        } catch {
          product = undefined;
        }

        expect(product === undefined ? exact > BigInt(LARGEST) : BigInt(product) === exact).toBe(true);
      }),
    );
  });
});
