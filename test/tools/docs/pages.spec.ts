import { z } from 'zod';
import { configurationPage } from '../../../tools/docs/configuration.js';
import { table } from '../../../tools/docs/markdown.js';
import { orderLifecyclePage } from '../../../tools/docs/order-lifecycle.js';

describe('generated pages', () => {
  it('draw a state machine from its table', () => {
    const page = orderLifecyclePage({ open: ['paid'], paid: [] });

    expect(page).toContain('  [*] --> open\n  open --> paid\n  paid --> [*]');
    expect(page).toContain('| `paid` | nothing: terminal |');
  });

  it('list variables with meaning and default', () => {
    const page = configurationPage({
      PORT: z.coerce.number().default(3000).describe('port'),
      KEY: z.string().describe('key'),
      ISSUER: z.string().optional(),
      PREFIX: z.string().default('').describe('path'),
    });

    expect(page).toContain('| `PORT` | port | `3000` |');
    expect(page).toContain('| `KEY` | key | required |');
    expect(page).toContain('| `ISSUER` |  | none |');
    expect(page).toContain('| `PREFIX` | path | empty |');
  });

  it('keep a cell within its cell', () => {
    expect(table(['A'], [['one | two\nthree']])).toBe('| A |\n| --- |\n| one \\| two three |');
  });
});
