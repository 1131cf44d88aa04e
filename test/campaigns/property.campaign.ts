import * as fc from 'fast-check';
import { builtCode } from '../property/built-code.js';
import { orderLife } from '../property/order-life.property.js';
import { parametersOf } from '../property/replay.js';
import { rush } from '../property/rush.property.js';
import { ShopUnderTest } from '../property/shop-under-test.js';
import { buildService } from '../support/service-build.js';
import type { CampaignContext, CampaignOptions, CampaignReport } from './campaign.js';
import { withProgress } from './progress.js';
import { Tally } from './tally.js';

export const property = {
  summary: 'random orders of everything that can happen, held against a model; and several things at once',
  defaults: { rounds: 300 },
  durable: false,
  run,
};

/** One round is one life of a shop, and one in which everything comes at once. */
export async function run(context: CampaignContext, options: CampaignOptions): Promise<CampaignReport> {
  const tally = new Tally(context.say);
  const build = await buildService();
  const shop = await ShopUnderTest.start(await builtCode(build.folder), context);
  const replay = parametersOf({ runs: options.rounds, seed: options.seed });
  const progress = (): string => `${tally.of('runs to the end')} runs, ${tally.of('rushes to the end')} rushes`;
  try {
    await withProgress(context.say, progress, async () => {
      await hold(
        tally,
        'the shop does what its rules say, whatever happens in any order',
        fc.check(orderLife(shop, tally), replay),
      );
      await hold(tally, 'the shop keeps its promises, whatever happens at once', fc.check(rush(shop, tally), replay));
    });
    return tally.report();
  } finally {
    await shop.stop();
    build.remove();
  }
}

/** The evidence is the smallest counterexample, with the seed and the path that repeat it. */
async function hold<T>(
  tally: Tally,
  rule: string,
  checking: Promise<fc.RunDetails<T>> | fc.RunDetails<T>,
): Promise<void> {
  const details = await checking;
  tally.check(rule, details.failed ? [fc.defaultReportMessage(details)] : []);
}
