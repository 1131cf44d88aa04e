import * as fc from 'fast-check';
import { joinLines, linesToMerge, requireOneCurrency, requireWithinLimits, withLine } from './cart-lines.js';

const line = (productId: string, quantity = 1, currency = 'usd') => ({ productId, quantity, currency });
const many = (count: number, name = 'p') => Array.from({ length: count }, (_, place) => line(`${name}${place}`));

describe('joining lines', () => {
  it('adds two lines of one product together, where it came first', () => {
    expect(joinLines([line('mug', 1), line('plate', 2), line('mug', 3)])).toEqual([
      { productId: 'mug', quantity: 4 },
      { productId: 'plate', quantity: 2 },
    ]);
  });

  it('loses no unit and repeats no product', () => {
    const lines = fc.array(fc.record({ productId: fc.constantFrom('a', 'b', 'c', 'd'), quantity: fc.nat(10_000) }));
    fc.assert(
      fc.property(lines, (given) => {
        const joined = joinLines(given);
        const units = (of: readonly { quantity: number }[]) => of.reduce((sum, { quantity }) => sum + quantity, 0);

        expect(units(joined)).toBe(units(given));
        expect(joined.map(({ productId }) => productId)).toEqual([...new Set(given.map(({ productId }) => productId))]);
      }),
    );
  });
});

describe('limits', () => {
  it('allow 100 lines of 10 000 units', () => {
    expect(() => requireWithinLimits(many(100).map((one) => ({ ...one, quantity: 10_000 })))).not.toThrow();
  });

  it('refuse the 101st line', () => {
    expect(() => requireWithinLimits(many(101))).toThrow('A cart has at most 100 lines, not 101.');
  });

  it('refuse the 10 001st unit and name the product', () => {
    expect(() => requireWithinLimits([line('mug', 10_001)])).toThrow(
      expect.objectContaining({
        code: 'cart_limit_exceeded',
        details: { product_id: 'mug', maximum_quantity: 10_000 },
      }),
    );
  });
});

describe('currency', () => {
  it('may be any single one', () => {
    expect(() => requireOneCurrency([])).not.toThrow();
    expect(() => requireOneCurrency([line('mug', 1, 'eur'), line('plate', 1, 'eur')])).not.toThrow();
  });

  it('may not be two', () => {
    expect(() => requireOneCurrency([line('mug', 1, 'usd'), line('plate', 1, 'eur')])).toThrow(
      'One purchase has one currency, not eur and usd.',
    );
  });
});

describe('putting a line in', () => {
  it('takes the place of the line of its product', () => {
    expect(withLine([line('mug', 1), line('plate', 2)], line('mug', 5))).toEqual([line('mug', 5), line('plate', 2)]);
  });

  it('comes last where the product is new', () => {
    expect(withLine([line('mug', 1)], line('plate', 5))).toEqual([line('mug', 1), line('plate', 5)]);
  });
});

describe('merging', () => {
  it('adds up and caps at the largest quantity', () => {
    expect(linesToMerge([line('mug', 9_000), line('bowl')], [line('plate', 2), line('mug', 9_000)])).toEqual([
      { productId: 'mug', quantity: 10_000 },
      { productId: 'plate', quantity: 2 },
    ]);
  });

  it('leaves out lines beyond the hundredth, but raises those that are there', () => {
    const own = many(99);

    const merged = linesToMerge(own, [line('new1'), line('p98', 4), line('new2')]);

    expect(merged).toEqual([
      { productId: 'p98', quantity: 5 },
      { productId: 'new1', quantity: 1 },
    ]);
  });

  it('leaves out a second currency', () => {
    expect(linesToMerge([line('mug', 1, 'usd')], [line('euro', 1, 'eur'), line('plate', 1, 'usd')])).toEqual([
      { productId: 'plate', quantity: 1 },
    ]);
  });

  it('takes the guest’s currency where the own cart is empty', () => {
    expect(linesToMerge([], [line('euro', 1, 'eur'), line('mug', 1, 'usd')])).toEqual([
      { productId: 'euro', quantity: 1 },
    ]);
  });

  it('never makes a cart that is too large', () => {
    const cart = (name: string) =>
      fc.uniqueArray(
        fc.record({
          productId: fc.nat(120).map((at) => `${name}${at}`),
          quantity: fc.integer({ min: 1, max: 10_000 }),
        }),
        {
          selector: ({ productId }) => productId,
          maxLength: 100,
        },
      );
    fc.assert(
      fc.property(cart('p'), cart('p'), (own, guest) => {
        const priced = (lines: typeof own) => lines.map((one) => ({ ...one, currency: 'usd' }));
        const after = linesToMerge(priced(own), priced(guest)).reduce<typeof own>(withLine, own);

        expect(() => requireWithinLimits(after)).not.toThrow();
      }),
    );
  });
});
