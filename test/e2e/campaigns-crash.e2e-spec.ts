import { useCampaigns } from '../campaigns/short-form.js';

const CAMPAIGN_LIMIT_MS = 180_000;

// In a file of its own: clients of an API that was killed wait for the lease of their keys, while other files can run.
describe('the crash campaign in short', () => {
  const run = useCampaigns();

  //
  it(
    'loses nothing and does nothing twice, whatever is killed',
    async () => {
      const { violations, counts } = await run('crash', { orders: 45, kills: 3 });

      expect(violations).toEqual([]);
      expect(counts).toMatchObject({ kills: 3, 'customers served': 45 });
    },
    CAMPAIGN_LIMIT_MS,
  );
});
