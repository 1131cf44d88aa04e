import { MISHAPS, type MishapName } from '../mishap.js';
import { leaveCancel } from '../rules/calling.rules.js';
import { endOrder, RESERVATION_EXPIRED } from '../rules/learning.rules.js';
import { succeed } from '../rules/refunding.rules.js';
import { settled } from '../rules/settling.rules.js';
import type { ShopUnderTest } from '../shop-under-test.js';
import {
  after,
  type OrderModel,
  orderAt,
  type Outcome,
  type PaymentModel,
  type RefundModel,
  type World,
} from '../world.js';
import { Move } from './move.js';
import { OrderMove } from './order-move.js';

/** The worker looks after the payment of an order, if anything is to be expected of it. */
export class SettlePayment extends OrderMove {
  protected override suits({ payment }: OrderModel): boolean {
    return payment !== null;
  }

  protected prefers({ payment }: OrderModel): boolean {
    return payment !== null && (payment.call !== null || payment.known < payment.history.length - 1);
  }

  outcomes(world: World): readonly Outcome[] {
    return settled(world, this.placeIn(world)).map((next) => ({ answer: 'done', world: next }));
  }

  async perform(shop: ShopUnderTest, world: World): Promise<string> {
    await shop.settlePayment(this.placeIn(world));
    return 'done';
  }
}

/** How long past its time a hold is kept for a provider that does not answer, in seconds. */
const GRACE_SECONDS = 600;

/** The time of a hold is over, and the worker finds it at once or late. */
export class ExpireHold extends OrderMove {
  constructor(
    pick: number,
    readonly overdueSeconds: number,
  ) {
    super(pick);
  }

  protected override suits({ held }: OrderModel): boolean {
    return held;
  }

  protected prefers({ payment }: OrderModel): boolean {
    return payment?.status !== 'processing';
  }

  outcomes(world: World): readonly Outcome[] {
    const next = after(world, (changed) => {
      const order = orderAt(changed, this.placeIn(changed));
      if (this.mayEnd(order.payment)) endOrder(order, RESERVATION_EXPIRED);
      else if (order.payment && isAtLeisure(order.payment)) leaveCancel(order.payment, RESERVATION_EXPIRED);
    });
    return [{ answer: 'done', world: next }];
  }

  async perform(shop: ShopUnderTest, world: World): Promise<string> {
    await shop.expireHold(this.placeIn(world), this.overdueSeconds);
    return 'done';
  }

  /** Where nobody can pay any more, or Stripe was told so and has not answered for long. */
  private mayEnd(payment: PaymentModel | null): boolean {
    if (payment === null) return true;
    return payment.status !== 'processing' && payment.wasGivenUp && this.overdueSeconds >= GRACE_SECONDS;
  }
}

/** Whether no money moves and no answer is awaited. */
function isAtLeisure({ call, status }: PaymentModel): boolean {
  return call === null && status !== 'processing';
}

/** The worker sends the refunds that were asked for. A mishap strikes the first of them. */
export class SubmitRefunds extends Move {
  constructor(readonly mishap: MishapName | null) {
    super();
  }

  isPossible(world: World): boolean {
    return unsent(world).length > 0;
  }

  outcomes(world: World): readonly Outcome[] {
    const { mishap } = this;
    // What Stripe has made already is found there and not sent again.
    const sent = unsent(world).filter(([order, refund]) => !refundAt(world, order, refund).isMade);
    if (mishap === null || sent.length === 0) return [{ answer: 'done', world: submitted(world) }];
    // Several are sent in no order that anybody promised.
    return sent.map((place) => ({ answer: 'done', world: submitted(world, { place, ...MISHAPS[mishap] }) }));
  }

  async perform(shop: ShopUnderTest): Promise<string> {
    return shop.withMishap(this.mishap, { method: 'POST', path: '/v1/refunds' }, async () => {
      await shop.submitRefunds();
      return 'done';
    });
  }
}

/** Places of order and refund. */
type RefundPlace = readonly [order: number, refund: number];

function unsent(world: World): RefundPlace[] {
  return world.orders.flatMap(({ payment }, order) =>
    (payment?.refunds ?? []).flatMap(({ status }, refund): RefundPlace[] =>
      status === 'succeeded' ? [] : [[order, refund]],
    ),
  );
}

interface Victim {
  readonly place: RefundPlace;
  readonly executed: boolean;
}

function submitted(world: World, victim?: Victim): World {
  return after(world, (next) => {
    for (const [place, number] of unsent(next)) {
      const refund = refundAt(next, place, number);
      if (place === victim?.place[0] && number === victim.place[1]) {
        refund.status = 'submitted';
        refund.isMade = victim.executed;
      } else succeed(next, orderAt(next, place), refund);
    }
  });
}

function refundAt(world: World, order: number, number: number): RefundModel {
  const refund = orderAt(world, order).payment?.refunds[number];
  if (!refund) throw new Error(`order ${order} has no refund ${number}`);
  return refund;
}
