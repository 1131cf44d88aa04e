import type { ShopUnderTest } from '../shop-under-test.js';
import type { Outcome, World } from '../world.js';
import { Move } from './move.js';

/** Nothing happens for a while. Stripe's dates have whole seconds, and what is older is told by them. */
export class PassTime extends Move {
  constructor(readonly seconds: number) {
    super();
  }

  isPossible(): boolean {
    return true;
  }

  outcomes(world: World): readonly Outcome[] {
    return [{ answer: 'done', world }];
  }

  async perform(shop: ShopUnderTest): Promise<string> {
    shop.passTime(this.seconds);
    return 'done';
  }
}
