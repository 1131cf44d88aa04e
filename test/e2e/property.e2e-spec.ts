import * as fc from 'fast-check';
import { ExpireReservations } from '../../src/checkout/use-cases/expire-reservations.use-case.js';
import { SettlePayments } from '../../src/checkout/use-cases/settle-payments.use-case.js';
import { createApi } from '../../src/create-api.js';
import { systemClock } from '../../src/kernel/clock.js';
import { loadConfig } from '../../src/platform/config/index.js';
import { SubmitRefunds } from '../../src/refunds/use-cases/submit-refunds.use-case.js';
import { ProcessEvents } from '../../src/webhooks/inbound/use-cases/process-events.use-case.js';
import { Tally } from '../campaigns/tally.js';
import { live, orderLife } from '../property/order-life.property.js';
import { parametersOf, replayOf } from '../property/replay.js';
import { rush } from '../property/rush.property.js';
import { STORIES } from '../property/stories.js';
import { ShopUnderTest } from '../property/shop-under-test.js';
import { type ClonedDatabase, cloneDatabase } from '../support/database.js';
import { workerRedisUrl } from '../support/redis.js';

const CODE = { createApi, loadConfig, systemClock, ExpireReservations, ProcessEvents, SettlePayments, SubmitRefunds };
/** A few seconds each where the machine has nothing else to do. `npm run campaign -- property` does more of it. */
const RUNS = { life: 10, rush: 8 };
const LIMIT_MS = 600_000;

/**
 * Every run of the suite takes another seed. A failure prints seed and path; `PROPERTY_SEED=… PROPERTY_PATH=…` repeats that
 * one alone, and `PROPERTY_RUNS=…` tries more.
 */
describe('the shop', () => {
  let database: ClonedDatabase;
  let shop: ShopUnderTest;
  const counts = new Tally(() => undefined);

  beforeAll(async () => {
    database = await cloneDatabase();
    shop = await ShopUnderTest.start(CODE, { databaseUrl: database.url, redisUrl: workerRedisUrl() });
  });
  afterAll(async () => {
    await shop.stop();
    await database.drop();
  });

  //
  it(
    'does what its rules say, whatever happens in any order',
    async () => {
      const replay = replayOf(process.env, RUNS.life);

      await fc.assert(orderLife(shop, counts, replay.replayPath), parametersOf(replay));

      expect(counts.of('runs to the end')).toBeGreaterThanOrEqual(replay.runs);
    },
    LIMIT_MS,
  );

  it.each(Object.entries(STORIES))('does what its rules say when %s', async (_, moves) => {
    await live(shop, [], moves, counts);
  });

  //
  it(
    'keeps its promises, whatever happens at once',
    async () => {
      const replay = replayOf(process.env, RUNS.rush);

      await fc.assert(rush(shop, counts), parametersOf(replay));

      expect(counts.of('rushes to the end')).toBeGreaterThanOrEqual(replay.runs);
    },
    LIMIT_MS,
  );
});
