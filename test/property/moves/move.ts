import type { AsyncCommand } from 'fast-check';
import type { ShopUnderTest } from '../shop-under-test.js';
import type { Tally } from '../../campaigns/tally.js';
import { matching } from '../matching.js';
import type { Outcome, World } from '../world.js';

export interface Model {
  world: World;
  /** Counts every move by its answer. */
  readonly tally: Tally;
}

/**
 * Something that happens to the shop, said twice: what it does to the real one, and what may come of it by the rules that
 * docs/architecture.md and the API promise.
 */
export abstract class Move implements AsyncCommand<Model, ShopUnderTest> {
  abstract isPossible(world: World): boolean;

  /** Every allowed outcome. There are several where Stripe's clock, with its whole seconds, leaves it open. */
  abstract outcomes(world: World): readonly Outcome[];

  /** Answers as in {@link Outcome.answer}. `world` says which orders there are. */
  abstract perform(shop: ShopUnderTest, world: World): Promise<string>;

  check(model: Readonly<Model>): boolean {
    return this.isPossible(model.world);
  }

  async run(model: Model, shop: ShopUnderTest): Promise<void> {
    const expected = this.outcomes(model.world);
    const answer = await this.perform(shop, model.world);
    model.tally.count(`${this.constructor.name} ${answer}`);
    model.world = matching(expected, { answer, picture: await shop.picture() }, this.toString());
  }

  toString(): string {
    return `${this.constructor.name} ${JSON.stringify(this)}`;
  }
}
