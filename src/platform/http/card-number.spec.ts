import { looksLikeCardNumber } from './card-number.js';

describe('a card number', () => {
  // Numbers that the networks publish for tests.
  it.each([
    ['Visa', '4242424242424242'],
    ['Visa in groups', '4242 4242 4242 4242'],
    ['Visa with hyphens', '4242-4242-4242-4242'],
    ['Visa with dots', '4242.4242.4242.4242'],
    ['Visa with non-breaking spaces', '4242\u00a04242\u00a04242\u00a04242'],
    ['Mastercard', '5555555555554444'],
    ['Mastercard of the 2 series', '2223003122003222'],
    ['American Express', '378282246310005'],
    ['American Express in groups', '3782 822463 10005'],
    ['Discover', '6011111111111117'],
    ['within a text', 'my card is 4242424242424242, please'],
    ['behind another number', '12 4242 4242 4242 4242'],
    ['before another number', '4242 4242 4242 4242 12'],
    ['after letters', 'key4242424242424242key'],
    ['after a UUID', '0e96b7af-eca3-4242-8666-426887cd676d 4242424242424242'],
  ])('is seen: %s', (_, text) => {
    expect(looksLikeCardNumber(text)).toBe(true);
  });

  it.each([
    ['a wrong check digit', '4242424242424241'],
    ['too many digits', '42424242424242424242'],
    ['a digit right before it', '14242424242424242'],
    ['double separators', '4242  4242  4242  4242'],
    ['an unissued first digit', '9242424242424248'],
    ['an order id', 'ord_01kaf5d3m0e9wtsz1v5b7x2y4q'],
    ['a UUID', '123e4567-e89b-12d3-a456-426614174000'],
    ['a UUID whose digits look like a card number', '0e96b7af-eca3-4242-8666-426887cd676d'],
    ['several of them', '0e96b7af-eca3-4242-8666-426887cd676d,0E96B7AF-ECA3-4242-8666-426887CD676D'],
    ['a phone number', '+49 30 123456-789'],
    ['a time', '2026-11-20 12:34:56.789'],
    ['nothing', ''],
  ])('is not seen in %s', (_, text) => {
    expect(looksLikeCardNumber(text)).toBe(false);
  });

  it('is found at the end of the longest body', () => {
    const digits = '4 '.repeat(120_000);

    expect(looksLikeCardNumber(digits)).toBe(false);
    expect(looksLikeCardNumber(`${digits}. 4242424242424242`)).toBe(true);
  });
});
