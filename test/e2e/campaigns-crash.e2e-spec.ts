import { useCampaigns } from '../campaigns/short-form.js';

const CAMPAIGN_LIMIT_MS = 180_000;

// In a file of its own: clients of an API that was killed wait for the lease of their keys, while other files can run.
describe('the crash campaign in short', () => {
  const run = useCampaigns();

  //
  it(
    'loses nothing and does nothing twice, whatever is killed',
    async () => {
      const { violations, counts } = await run('crash', { orders: 40, kills: 2 });

      expect(violations).toEqual([]);
      expect(counts).toMatchObject({ kills: 2, 'kills of api': 1, 'kills of both': 1, 'customers served': 40 });
    },
    CAMPAIGN_LIMIT_MS,
  );
});
