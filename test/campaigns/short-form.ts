import { cloneDatabase } from '../support/database.js';
import { useRedis, type TestRedis } from '../support/redis.js';
import type { CampaignOptions, CampaignReport } from './campaign.js';
import { CAMPAIGNS } from './campaigns.js';

/** The same choices in every run of the suite. */
const SEED = 1;

type Run = (name: string, options: Partial<CampaignOptions>) => Promise<CampaignReport>;

/** Registers hooks: campaigns on the services of this Jest worker, each with a database of its own. */
export function useCampaigns(): Run {
  const redis: TestRedis = useRedis();
  return async (name, options) => {
    const campaign = CAMPAIGNS.get(name);
    if (!campaign) throw new Error(`there is no campaign ${name}`);
    const database = await cloneDatabase();
    try {
      const context = { databaseUrl: database.url, redisUrl: redis.url, say: () => undefined };
      const none = { orders: 0, kills: 0, rounds: 0, concurrency: 0 };
      return await campaign.run(context, { ...none, ...campaign.defaults, seed: SEED, ...options });
    } finally {
      await database.drop();
    }
  };
}
