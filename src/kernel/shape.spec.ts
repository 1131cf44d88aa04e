import { type DataOf, flag, integer, listOf, oneOf, orNull, schemaOf, text, time } from './shape.js';

describe('a shape', () => {
  const shape = {
    id: text('Its name.'),
    at: orNull(time('When.')),
    state: orNull(oneOf(['open', 'done'], 'How far.')),
    lines: listOf({ qty: integer('Units.'), gift: flag('Wrapped.') }, 'What.'),
  };

  it('is a JSON Schema', () => {
    expect(schemaOf(shape)).toEqual({
      type: 'object',
      required: ['id', 'at', 'state', 'lines'],
      properties: {
        id: { type: 'string', description: 'Its name.' },
        at: { type: ['string', 'null'], format: 'date-time', description: 'When.' },
        state: { type: ['string', 'null'], enum: ['open', 'done', null], description: 'How far.' },
        lines: {
          type: 'array',
          description: 'What.',
          items: {
            type: 'object',
            required: ['qty', 'gift'],
            properties: {
              qty: { type: 'integer', description: 'Units.' },
              gift: { type: 'boolean', description: 'Wrapped.' },
            },
          },
        },
      },
    });
  });

  it('is a type', () => {
    const data: DataOf<typeof shape> = { id: 'a', at: null, state: 'open', lines: [{ qty: 1, gift: false }] };

    expect(data.lines[0]?.qty).toBe(1);
  });
});
