import * as fc from 'fast-check';
import { parseJson } from './parse-json.js';
import { requireStorable } from './storable.js';

const parse = (text: string): unknown => parseJson(Buffer.from(text));
const faultOf = (value: unknown): unknown => {
  try {
    requireStorable(value);
    return undefined;
  } catch (error) {
    return error;
  }
};
const fault = (field: string, message: string) =>
  expect.objectContaining({ code: 'validation_failed', details: { errors: [{ field, message }] } });

describe('a JSON body', () => {
  it.each(['{"a":[1,"x",null,true,{"b":-1.5e3}]}', '"text"', '0', 'null', '[]'])('is parsed: %s', (text) => {
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  it('may be absent', () => {
    expect(parse('')).toBeUndefined();
  });

  it('may begin with a byte order mark', () => {
    expect(parse('\ufeff{"a":1}')).toEqual({ a: 1 });
  });

  it.each(['{', '{a:1}', '[1,]', "{'a':1}", 'undefined', '\u0000', '{"a":1}x', ' '])(
    'is refused where it is %j',
    (text) => {
      expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'malformed_json' }));
    },
  );

  it('is refused where it is no UTF-8', () => {
    expect(() => parseJson(Buffer.from([0x22, 0xc3, 0x28, 0x22]))).toThrow(
      expect.objectContaining({ code: 'malformed_json' }),
    );
  });

  it('comes out as it went in, or not at all', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        let parsed: unknown;
        try {
          parsed = parse(text);
        } catch (error) {
          expect(error).toMatchObject({ kind: expect.stringMatching(/^(bad_request|invalid)$/) });
          return;
        }

        expect(parsed).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe('what no route could store', () => {
  it.each([
    [{ a: 'x\u0000' }, 'a', 'must not contain the character U+0000'],
    [{ a: ['\ud800'] }, 'a.0', 'must be well-formed Unicode, without lone surrogates'],
    [{ a: { b: '4242424242424242' } }, 'a.b', 'looks like a card number; send a payment method id instead'],
    [{ a: 4242424242424242 }, 'a', 'looks like a card number; send a payment method id instead'],
    [{ a: { constructor: 1 } }, 'a.constructor', 'property constructor should not exist'],
    [{ '4242424242424242': 1 }, '', 'looks like a card number; send a payment method id instead'],
  ])('is refused: %j', (value, field, message) => {
    expect(faultOf(value)).toEqual(fault(field, message));
  });

  it('is a name that reaches into prototypes', () => {
    expect(faultOf(JSON.parse('{"a":{"__proto__":{}}}'))).toEqual(
      fault('a.__proto__', 'property __proto__ should not exist'),
    );
  });

  it('is more than 16 levels', () => {
    const nested = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);

    expect(faultOf(nested(16))).toBeUndefined();
    expect(faultOf(nested(17))).toEqual(expect.objectContaining({ code: 'validation_failed' }));
  });

  it('is more than 5000 members', () => {
    const members = (count: number) => Array.from({ length: count }, () => 0);

    expect(faultOf(members(5_000))).toBeUndefined();
    expect(faultOf(members(5_001))).toEqual(fault('', 'the body has more than 5000 members'));
  });

  it('is not emoji, right-to-left text or a number of any size', () => {
    expect(faultOf({ a: '👩‍👩‍👧‍👦', b: 'مرحبا', c: 1e21, d: -1, e: 2 ** 53 })).toBeUndefined();
  });
});
