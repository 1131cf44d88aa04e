import * as fc from 'fast-check';
import type { Tally } from '../campaigns/tally.js';
import { FIRST_PURCHASES, MOVES, SHELF } from './arbitrary-moves.js';
import { emptyWorld } from './empty-world.js';
import type { Model, Move } from './moves/move.js';
import { seenWorld } from './seen-world.js';
import type { ShopUnderTest } from './shop-under-test.js';

const MOST_RUSHES = 6;
const MOST_AT_ONCE = 5;
/** What is done to an order once may leave work that has to be done before the rest of it can be. */
const ROUNDS = 4;

/**
 * Several moves at the same moment, time and again: what comes of them depends on who was first, but nobody hears of a fault
 * of ours, and once all news have arrived the audit is clean and Stripe's books agree with ours.
 */
export function rush(shop: ShopUnderTest, tally: Tally) {
  const atOnce = fc.array(fc.oneof(...MOVES), { minLength: 2, maxLength: MOST_AT_ONCE, size: 'max' });
  const rushes = fc.array(atOnce, { minLength: 1, maxLength: MOST_RUSHES, size: 'max' });
  return fc.asyncProperty(FIRST_PURCHASES, rushes, async (purchases, made) => {
    await shop.open(SHELF);
    const model: Model = { world: emptyWorld(), tally };
    for (const purchase of purchases) await purchase.run(model, shop);
    for (const moves of made) {
      const world = await seenWorld(shop, model.world);
      const answers = await Promise.all(
        moves.filter((move) => move.isPossible(world)).map((move) => tell(move, shop, world)),
      );
      for (const answer of answers) tally.count(answer);
    }
    for (let round = 0; round < ROUNDS; round += 1) await shop.letDustSettle();
    await shop.requirePromisesKept();
    tally.count('rushes to the end');
  });
}

/** No answer of the service may be a fault of its own; what Stripe itself answers has no code. */
async function tell(move: Move, shop: ShopUnderTest, world: Model['world']): Promise<string> {
  const answer = await move.perform(shop, world);
  const isOurFault = /^5\d\d ./.test(answer) && answer !== '503 payment_provider_unavailable';
  if (isOurFault) throw new Error(`${move.toString()} is answered with ${answer}`);
  return `${move.constructor.name} ${answer}`;
}
