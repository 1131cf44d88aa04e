import * as fc from 'fast-check';
import { derivedId } from './derived-id.js';
import { encodeId, isId, newId } from './id.js';

const FORM = /^ord_[0-7][0-9a-hjkmnp-tv-z]{25}$/;
/** The 128 bits behind the prefix, in hexadecimal. */
function bitsOf(id: string): string {
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
  const value = [...id.slice(id.indexOf('_') + 1)].reduce(
    (sum, letter) => sum * 32n + BigInt(alphabet.indexOf(letter)),
    0n,
  );
  return value.toString(16).padStart(32, '0');
}

describe('a fresh id', () => {
  it('has its prefix and 26 characters of Crockford base32', () => {
    expect(newId('ord')).toMatch(FORM);
  });

  it('is a UUIDv7: milliseconds, version and variant', () => {
    // Later than in any other test, whichever comes first: an id is never earlier than the one before it.
    const at = Date.now() + 60_000;

    const bits = bitsOf(newId('ord', at));

    expect(Number.parseInt(bits.slice(0, 12), 16)).toBe(at);
    expect(bits.slice(12, 13)).toBe('7');
    expect(['8', '9', 'a', 'b']).toContain(bits.slice(16, 17));
  });

  it('rises within one millisecond, beyond its counter, and when the clock steps back', () => {
    const at = Date.now() + 10_000;

    const ids = Array.from({ length: 10_000 }, (_, place) => newId('ord', at - (place % 7) * 1_000));

    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(10_000);
  });
});

describe('the form of an id', () => {
  it.each([
    ['another prefix', 'prod_01kaf5d3m0e9wtsz1v5b7x2y4q'],
    ['a prefix that only begins alike', 'order_01kaf5d3m0e9wtsz1v5b7x2y4q'],
    ['a character too few', 'ord_01kaf5d3m0e9wtsz1v5b7x2y4'],
    ['a character too many', 'ord_01kaf5d3m0e9wtsz1v5b7x2y4qq'],
    ['more than 128 bits', 'ord_81kaf5d3m0e9wtsz1v5b7x2y4q'],
    ['upper case', 'ord_01KAF5D3M0E9WTSZ1V5B7X2Y4Q'],
    ['a letter that Crockford leaves out', 'ord_01kaf5d3m0e9wtsz1v5b7x2y4u'],
    ['a line break behind it', 'ord_01kaf5d3m0e9wtsz1v5b7x2y4q\n'],
    ['nothing behind the prefix', 'ord_'],
    ['nothing', ''],
  ])('is not that of %s', (_, text) => {
    expect(isId('ord', text)).toBe(false);
  });

  it('is that of every id made', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 2n ** 64n - 1n), (high, low) => {
        const id = encodeId('ord', high, low);

        expect(isId('ord', id)).toBe(true);
        expect(BigInt(`0x${bitsOf(id)}`)).toBe((high << 64n) | low);
      }),
    );
  });
});

describe('a derived id', () => {
  it('is the same for the same name, in every process', () => {
    expect(derivedId('cart', 'alice')).toBe('cart_631rdbkszbg428q9be3ffvxz4n');
  });

  it('differs by name and by prefix', () => {
    expect(derivedId('cart', 'alice').slice(5)).not.toBe(derivedId('cart', 'bob').slice(5));
    expect(derivedId('cart', 'alice').slice(5)).not.toBe(derivedId('shop', 'alice').slice(5));
  });

  it('has the form of an id and the marks of a UUIDv8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const id = derivedId('cart', name);

        expect(isId('cart', id)).toBe(true);
        expect(bitsOf(id).charAt(12)).toBe('8');
        expect(['8', '9', 'a', 'b']).toContain(bitsOf(id).charAt(16));
      }),
    );
  });
});
