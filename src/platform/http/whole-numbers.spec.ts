import { withIntegers } from './whole-numbers.js';

describe('a number in the OpenAPI document', () => {
  it('is an integer, of 32 bits where it cannot be larger', () => {
    const document = {
      properties: {
        amount: { type: 'number', description: 'Minor units.' },
        quantity: { type: 'number', minimum: 1, maximum: 10_000 },
        total: { type: 'integer', maximum: 2 ** 31 },
        items: { type: 'array', items: { type: 'number', maximum: 2 ** 31 - 1 } },
      },
    };

    expect(withIntegers(document)).toEqual({
      properties: {
        amount: { type: 'integer', format: 'int64', description: 'Minor units.' },
        quantity: { type: 'integer', format: 'int32', minimum: 1, maximum: 10_000 },
        total: { type: 'integer', format: 'int64', maximum: 2 ** 31 },
        items: { type: 'array', items: { type: 'integer', format: 'int32', maximum: 2 ** 31 - 1 } },
      },
    });
  });

  it('is told from a member that is called type', () => {
    const properties = () => ({ type: { type: 'string', enum: ['number'] }, examples: [null, 'number', 5] });

    expect(withIntegers({ properties: properties() })).toEqual({ properties: properties() });
  });
});
