import { type PageParams, pagesOf } from './pages.js';

const period = { from: new Date('2026-11-19T00:00:00.400Z'), to: new Date('2026-11-19T00:01:00.400Z') };
const created = { gte: Date.parse('2026-11-19T00:00:00Z') / 1_000, lt: Date.parse('2026-11-19T00:01:01Z') / 1_000 };

async function read(pages: AsyncIterable<readonly { readonly id: string }[]>): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of pages) ids.push(...page.map(({ id }) => id));
  return ids;
}

describe('a list of Stripe', () => {
  it('is read page by page, each beginning where the last one ended, over whole seconds', async () => {
    const asked: PageParams[] = [];
    const answers = [['c', 'b'], ['a'], ['never']].map((ids, page) => ({
      data: ids.map((id) => ({ id })),
      has_more: page === 0,
    }));

    const ids = await read(
      pagesOf(period, async (params) => answers[asked.push(params) - 1] ?? { data: [], has_more: false }),
    );

    expect(ids).toEqual(['c', 'b', 'a']);
    expect(asked).toEqual([
      { limit: 100, created },
      { limit: 100, created, starting_after: 'b' },
    ]);
  });

  it('that never ends is given up', async () => {
    let asked = 0;
    const endless = pagesOf(period, async () => ({ data: [{ id: String((asked += 1)) }], has_more: true }));

    await expect(read(endless)).rejects.toThrow('more than 100000 objects');
    expect(asked).toBe(1_000);
  });
});
