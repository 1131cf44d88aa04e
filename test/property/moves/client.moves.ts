import { confirmIntent, isOpen, standingOf } from '../rules/intent.rules.js';
import { paymentOf } from '../rules/settling.rules.js';
import type { ShopUnderTest } from '../shop-under-test.js';
import { after, type Method, METHODS, type OrderModel, orderAt, type Outcome, type World } from '../world.js';
import { OrderMove } from './order-move.js';

/** The buyer's browser confirms the intent at Stripe. The service does not hear of it. */
export class ConfirmAsClient extends OrderMove {
  constructor(
    pick: number,
    readonly method: Exclude<Method, 'bankDebit'>,
  ) {
    super(pick);
  }

  protected override suits({ handedOver }: OrderModel): boolean {
    return handedOver;
  }

  protected prefers({ payment }: OrderModel): boolean {
    return payment !== null && isOpen(payment);
  }

  outcomes(world: World): readonly Outcome[] {
    const payment = paymentOf(this.orderIn(world));
    if (!isOpen(payment)) return [{ answer: '400', world }];
    const next = after(world, (changed) =>
      confirmIntent(paymentOf(orderAt(changed, this.placeIn(changed))), this.method),
    );
    return [{ answer: this.method === 'declined' ? '402' : '200', world: next }];
  }

  async perform(shop: ShopUnderTest, world: World): Promise<string> {
    const intentId = await shop.intentId(this.placeIn(world));
    return shop.confirmAsClient(intentId, METHODS[this.method].name);
  }
}

/** The buyer answers his bank. */
export class Authenticate extends OrderMove {
  constructor(
    pick: number,
    readonly outcome: 'succeed' | 'fail',
  ) {
    super(pick);
  }

  protected override suits({ handedOver, payment }: OrderModel): boolean {
    return handedOver && payment !== null && standingOf(payment) === 'requires_action';
  }

  protected prefers(): boolean {
    return true;
  }

  outcomes(world: World): readonly Outcome[] {
    return [{ answer: '200', world: moved(world, this.placeIn(world), this.outcome) }];
  }

  async perform(shop: ShopUnderTest, world: World): Promise<string> {
    const intentId = await shop.intentId(this.placeIn(world));
    return shop.control(`/payment_intents/${intentId}/authenticate`, { outcome: this.outcome });
  }
}

/** The network answers about a bank debit, days later. */
export class EndProcessing extends OrderMove {
  constructor(
    pick: number,
    readonly outcome: 'succeed' | 'fail',
  ) {
    super(pick);
  }

  protected override suits({ payment }: OrderModel): boolean {
    return payment !== null && standingOf(payment) === 'processing';
  }

  protected prefers(): boolean {
    return true;
  }

  outcomes(world: World): readonly Outcome[] {
    return [{ answer: '200', world: moved(world, this.placeIn(world), this.outcome) }];
  }

  async perform(shop: ShopUnderTest, world: World): Promise<string> {
    const intentId = await shop.intentId(this.placeIn(world));
    return shop.control(`/payment_intents/${intentId}/processing`, { outcome: this.outcome });
  }
}

function moved(world: World, place: number, outcome: 'succeed' | 'fail'): World {
  return after(world, (next) =>
    paymentOf(orderAt(next, place)).history.push(outcome === 'succeed' ? 'succeeded' : 'declined'),
  );
}
