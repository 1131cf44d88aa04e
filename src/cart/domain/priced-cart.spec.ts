import { type PricedLine, cartIdOf, emptyCartOf } from './cart.js';
import { priceCart } from './priced-cart.js';

const cart = { id: cartIdOf('alice'), version: 7 };
const line = (changes: Partial<PricedLine> = {}): PricedLine => ({
  productId: 'prod_1',
  sku: 'MUG',
  title: 'Mug',
  quantity: 2,
  unitPrice: 2_500,
  currency: 'usd',
  active: true,
  available: 9,
  ...changes,
});

describe('pricing a cart', () => {
  it('multiplies each line and sums them', () => {
    const priced = priceCart(cart, [line(), line({ productId: 'prod_2', quantity: 3, unitPrice: 333 })]);

    expect(priced).toMatchObject({ id: cart.id, subtotal: 5_999, currency: 'usd', version: 7 });
    expect(priced.items.map(({ lineTotal }) => lineTotal)).toEqual([5_000, 999]);
  });

  it('has neither currency nor subtotal without lines', () => {
    expect(priceCart(cart, [])).toEqual({ id: cart.id, items: [], subtotal: 0, currency: null, version: 7 });
  });

  it('has nothing available of what is off sale, and counts it still', () => {
    const priced = priceCart(cart, [line({ active: false })]);

    expect(priced.items[0]?.available).toBe(0);
    expect(priced.subtotal).toBe(5_000);
  });

  it('has nothing available of what is priced in another currency, and does not count it', () => {
    const priced = priceCart(cart, [line(), line({ productId: 'prod_2', currency: 'eur' })]);

    expect(priced.items.map(({ available }) => available)).toEqual([9, 0]);
    expect(priced).toMatchObject({ subtotal: 5_000, currency: 'usd' });
  });

  it('holds the largest cart exactly', () => {
    const lines = Array.from({ length: 100 }, () => line({ quantity: 10_000, unitPrice: 99_999_999 }));

    expect(priceCart(cart, lines).subtotal).toBe(99_999_999_000_000);
  });
});

describe('the id of a cart', () => {
  it('follows from the customer', () => {
    expect(cartIdOf('alice')).toBe(cartIdOf('alice'));
    expect(cartIdOf('alice')).not.toBe(cartIdOf('Alice'));
    expect(emptyCartOf('alice')).toEqual({ id: cartIdOf('alice'), version: 0 });
  });
});
