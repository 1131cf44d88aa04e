import fc from 'fast-check';
import { StockBelowReserved, StockChanged } from './inventory.errors.js';
import { availableOf, deltaOfCount, findShortages, mergeLines, requireCovered } from './stock-level.js';

const level = (productId: string, onHand: number, reserved = 0) => ({ productId, onHand, reserved });
const line = (productId: string, quantity: number) => ({ productId, quantity });

describe('mergeLines', () => {
  it('adds up the lines of one product and sorts by product id', () => {
    const merged = mergeLines([line('prod_b', 1), line('prod_a', 2), line('prod_b', 3)]);

    expect(merged).toEqual([line('prod_a', 2), line('prod_b', 4)]);
  });

  it('keeps every unit, whatever the order of the lines', () => {
    const lines = fc.array(
      fc.record({ productId: fc.constantFrom('prod_a', 'prod_b', 'prod_c'), quantity: fc.nat(50) }),
    );

    fc.assert(
      fc.property(lines, (given) => {
        const merged = mergeLines(given);

        const units = (list: readonly { quantity: number }[]) => list.reduce((sum, { quantity }) => sum + quantity, 0);
        expect(units(merged)).toBe(units(given));
        expect(merged).toEqual(mergeLines([...given].reverse()));
        expect(merged.map(({ productId }) => productId)).toEqual(
          [...new Set(given.map((each) => each.productId))].sort(),
        );
      }),
    );
  });
});

describe('findShortages', () => {
  it('lists every line that asks for more than is available', () => {
    const levels = [level('prod_a', 5, 4), level('prod_b', 5), level('prod_c', 0)];

    const shortages = findShortages(levels, [line('prod_a', 2), line('prod_b', 5), line('prod_c', 1)]);

    expect(shortages).toEqual([
      { productId: 'prod_a', requested: 2, available: 1 },
      { productId: 'prod_c', requested: 1, available: 0 },
    ]);
  });

  it('takes a product without a level for one without stock', () => {
    expect(findShortages([], [line('prod_a', 1)])).toEqual([{ productId: 'prod_a', requested: 1, available: 0 }]);
  });

  it('finds none where the last unit is asked for', () => {
    expect(findShortages([level('prod_a', 3, 2)], [line('prod_a', 1)])).toEqual([]);
  });
});

describe('availableOf', () => {
  it('leaves out what is reserved', () => {
    expect(availableOf(level('prod_a', 5, 2))).toBe(3);
  });
});

describe('deltaOfCount', () => {
  it.each([
    [12, 2],
    [10, 0],
    [4, -6],
  ])('books a count of %i against 10 on hand as %i', (onHand, delta) => {
    expect(deltaOfCount(level('prod_a', 10, 4), { onHand })).toBe(delta);
  });

  it('accepts a count that began with the present books', () => {
    expect(deltaOfCount(level('prod_a', 10), { onHand: 11, expectedOnHand: 10 })).toBe(1);
  });

  it('refuses a count that began with other books, before anything else', () => {
    const act = () => deltaOfCount(level('prod_a', 10, 4), { onHand: 0, expectedOnHand: 9 });

    expect(act).toThrow(StockChanged);
    expect(act).toThrow(expect.objectContaining({ details: { product_id: 'prod_a', on_hand: 10 } }));
  });

  it('refuses a count of less than is reserved', () => {
    expect(() => deltaOfCount(level('prod_a', 10, 4), { onHand: 3 })).toThrow(StockBelowReserved);
  });
});

describe('requireCovered', () => {
  it('accepts exactly what is reserved', () => {
    expect(() => requireCovered(level('prod_a', 10, 4), 4)).not.toThrow();
  });

  it('says how much is reserved and how much is there', () => {
    expect(() => requireCovered(level('prod_a', 10, 4), 3)).toThrow(
      expect.objectContaining({
        code: 'stock_below_reserved',
        details: { product_id: 'prod_a', on_hand: 10, reserved: 4 },
      }),
    );
  });
});
