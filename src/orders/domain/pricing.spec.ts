import fc from 'fast-check';
import { totalsOf } from './pricing.js';

const LARGEST = 99_999_999;
const tooLarge = expect.objectContaining({ code: 'amount_too_large', kind: 'invalid', details: { limit: LARGEST } });

describe('adding an order up', () => {
  //
  it('takes the sum of quantity × unit price, in minor units', () => {
    expect(totalsOf([{ quantity: 2, unitPrice: 2_500 }], 0)).toEqual({
      subtotal: 5_000,
      shippingTotal: 0,
      taxTotal: 0,
      discountTotal: 0,
      totalAmount: 5_000,
    });
  });

  it('adds shipping to the lines', () => {
    const lines = [
      { quantity: 2, unitPrice: 2_500 },
      { quantity: 3, unitPrice: 333 },
    ];

    expect(totalsOf(lines, 799)).toMatchObject({ subtotal: 5_999, shippingTotal: 799, totalAmount: 6_798 });
  });

  it('never loses a minor unit, whatever the lines', () => {
    const line = fc.record({
      quantity: fc.integer({ min: 1, max: 50 }),
      unitPrice: fc.integer({ min: 1, max: 9_999 }),
    });

    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 100 }), fc.nat(10_000), (lines, shipping) => {
        const exact = lines.reduce((sum, each) => sum + BigInt(each.quantity) * BigInt(each.unitPrice), 0n);
        const totals = totalsOf(lines, shipping);

        expect(BigInt(totals.subtotal)).toBe(exact);
        expect(BigInt(totals.totalAmount)).toBe(exact + BigInt(shipping));
      }),
    );
  });

  it('reaches the largest amount of one payment and no further', () => {
    expect(totalsOf([{ quantity: 1, unitPrice: LARGEST }], 0).totalAmount).toBe(LARGEST);
    expect(totalsOf([{ quantity: 1, unitPrice: LARGEST - 599 }], 599).totalAmount).toBe(LARGEST);
    expect(() => totalsOf([{ quantity: 1, unitPrice: LARGEST }], 1)).toThrow(tooLarge);
    expect(() => totalsOf([{ quantity: 2, unitPrice: LARGEST }], 0)).toThrow(tooLarge);
  });

  it('refuses what is no longer an exact integer in the same words', () => {
    expect(() => totalsOf([{ quantity: 2 ** 31, unitPrice: 2 ** 31 }], 0)).toThrow(tooLarge);
    expect(() =>
      totalsOf(
        Array.from({ length: 3 }, () => ({ quantity: 1, unitPrice: 2 ** 52 })),
        0,
      ),
    ).toThrow(tooLarge);
  });
});
