import { presentListing } from './page.js';

const PAGE = { limit: 1, offset: 0, startingAfter: null };
const present = (totalCount: number) =>
  presentListing('orders', { rows: ['a'], totalCount, hasMore: true }, PAGE, (id) => ({ id }));

describe('the page of a list', () => {
  it('says how many rows there are as long as they were all counted', () => {
    expect(present(10_000)).toEqual({
      orders: [{ id: 'a' }],
      total_count: 10_000,
      limit: 1,
      offset: 0,
      has_more: true,
    });
  });

  it('says that there are more where counting stopped', () => {
    expect(present(10_001)).toMatchObject({ total_count: 10_000, total_count_is_lower_bound: true });
  });
});
