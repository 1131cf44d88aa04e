import { shippingCost } from './shipping-rate.js';

//
describe('shippingCost', () => {
  it.each([
    [1, 599],
    [2, 649],
    [3, 699],
    [10_000, 599 + 9_999 * 50],
  ])('sends %i units for %i', (quantity, amount) => {
    expect(shippingCost({ firstItem: 599, furtherItem: 50 }, quantity)).toBe(amount);
  });

  it.each([0, -1, 1.5, 2 ** 53])('refuses to send %d units', (quantity) => {
    expect(() => shippingCost({ firstItem: 599, furtherItem: 50 }, quantity)).toThrow(RangeError);
  });
});
