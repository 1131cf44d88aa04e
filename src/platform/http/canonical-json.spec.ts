import * as fc from 'fast-check';
import { canonicalJson } from './canonical-json.js';

describe('canonical JSON', () => {
  it('sorts the names at every level and keeps the order of lists', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }, 3], a: { f: null, e: 'x' } })).toBe(
      '{"a":{"e":"x","f":null},"b":[{"c":2,"d":1},3]}',
    );
  });

  it('is the same for a query, which has no prototype', () => {
    const query: Record<string, string> = Object.create(null);
    query['b'] = '1';
    query['a'] = '2';

    expect(canonicalJson(query)).toBe('{"a":"2","b":"1"}');
  });

  it('tells different bodies apart and no others', () => {
    const body = fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 5 });
    fc.assert(
      fc.property(body, (one) => {
        const reversed = Object.fromEntries(Object.entries(one).reverse());

        expect(canonicalJson(reversed)).toBe(canonicalJson(one));
        expect(canonicalJson({ ...one, extra: 1 })).not.toBe(canonicalJson({ ...one, extra: 2 }));
      }),
    );
  });
});
