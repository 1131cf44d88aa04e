import { mergeLines, type RequestedLine, type SellableProduct, sellLines } from './lines.js';

const product = (id: string, changes: Partial<SellableProduct> = {}): SellableProduct => ({
  id,
  sku: `SKU-${id}`,
  title: `Title of ${id}`,
  unitPrice: 1_000,
  active: true,
  ...changes,
});

const line = (productId: string, quantity = 1, unitPrice: number | null = null): RequestedLine => ({
  productId,
  quantity,
  unitPrice,
});

describe('two lines of one product', () => {
  it('count as one, at the place of the first', () => {
    expect(mergeLines([line('mug', 2), line('plate'), line('mug', 3)])).toEqual([line('mug', 5), line('plate')]);
  });

  it('are each held against the price', () => {
    const lines = [line('mug', 1, 1_000), line('mug', 1, 900)];

    expect(() => sellLines(lines, [product('mug')])).toThrow(
      expect.objectContaining({
        code: 'price_changed',
        details: { items: [{ product_id: 'mug', requested_unit_price: 900, unit_price: 1_000 }] },
      }),
    );
  });
});

describe('selling lines', () => {
  it('fixes sku, title and the price of the catalogue, in the order of the buyer', () => {
    const sold = sellLines([line('plate', 3), line('mug', 2, 1_000)], [product('mug'), product('plate')]);

    expect(sold).toEqual([
      { productId: 'plate', sku: 'SKU-plate', title: 'Title of plate', quantity: 3, unitPrice: 1_000 },
      { productId: 'mug', sku: 'SKU-mug', title: 'Title of mug', quantity: 2, unitPrice: 1_000 },
    ]);
  });

  it('lists everything that is not for sale, once, with the title where there is one', () => {
    const lines = [line('mug'), line('gone', 2), line('unknown'), line('gone')];

    expect(() => sellLines(lines, [product('mug'), product('gone', { active: false })])).toThrow(
      expect.objectContaining({
        code: 'product_unavailable',
        details: {
          items: [
            { product_id: 'gone', title: 'Title of gone' },
            { product_id: 'unknown', title: null },
          ],
        },
      }),
    );
  });

  it('lists every line with another price', () => {
    const lines = [line('mug', 1, 1_001), line('plate', 1, 1_000), line('bowl', 1, 999)];
    const products = [product('mug'), product('plate'), product('bowl')];

    expect(() => sellLines(lines, products)).toThrow(
      expect.objectContaining({
        code: 'price_changed',
        details: {
          items: [
            { product_id: 'mug', requested_unit_price: 1_001, unit_price: 1_000 },
            { product_id: 'bowl', requested_unit_price: 999, unit_price: 1_000 },
          ],
        },
      }),
    );
  });

  it('says first that something is not for sale', () => {
    const lines = [line('mug', 1, 1), line('unknown')];

    expect(() => sellLines(lines, [product('mug')])).toThrow(expect.objectContaining({ code: 'product_unavailable' }));
  });
});
