import { MISHAPS, type MishapName } from '../mishap.js';
import { beginCancel, execute } from '../rules/calling.rules.js';
import { endOrder, learnAll } from '../rules/learning.rules.js';
import { requestRefund } from '../rules/refunding.rules.js';
import type { ShopUnderTest } from '../shop-under-test.js';
import {
  after,
  isWaiting,
  type OrderModel,
  orderAt,
  type Outcome,
  type PaymentModel,
  shown,
  type UnheardCall,
  type World,
} from '../world.js';
import { OrderMove } from './order-move.js';

const REASON = 'changed my mind';
const UNAVAILABLE = '503 payment_provider_unavailable';
const IN_PROGRESS = '409 payment_in_progress';

/** The buyer or the shop gives an order up. */
export class Cancel extends OrderMove {
  constructor(
    pick: number,
    readonly by: 'buyer' | 'admin',
    readonly mishap: MishapName | null,
  ) {
    super(pick);
  }

  /** One mishap a call: what a second one would do to a key is Stripe's to know. */
  protected override suits({ payment }: OrderModel): boolean {
    return this.mishap === null || !payment?.call;
  }

  protected prefers(order: OrderModel): boolean {
    return order.status === 'paid' || (isWaiting(order) && order.payment?.status !== 'processing');
  }

  outcomes(world: World): readonly Outcome[] {
    let answer = '';
    const next = after(world, (changed) => {
      answer = this.giveUp(changed, orderAt(changed, this.placeIn(changed)));
    });
    return [{ answer, world: next }];
  }

  perform(shop: ShopUnderTest, world: World): Promise<string> {
    const place = this.placeIn(world);
    const caller = this.by === 'admin' ? shop.admin : shop.customer(orderAt(world, place).customer);
    const path = `/v1/${this.by === 'admin' ? 'admin/' : ''}orders/${shop.orderId(place)}/cancel`;
    return shop.withMishap(this.mishap, { method: 'POST', path: '/v1/payment_intents' }, () =>
      shop.post(caller, path, { reason: REASON }),
    );
  }

  private giveUp(world: World, order: OrderModel): string {
    if (order.status === 'paid') return refundAll(world, order);
    if (!isWaiting(order)) return '400 invalid_transition';
    if (!order.payment) {
      endOrder(order, REASON);
      return shown(200, order);
    }
    return this.giveIntentUp(world, order, order.payment);
  }

  private giveIntentUp(world: World, order: OrderModel, payment: PaymentModel): string {
    const { call } = payment;
    if (call === null ? payment.status === 'processing' : call.action !== 'cancel') return IN_PROGRESS;
    if (call === null) beginCancel(payment, REASON, this.failing);
    else if (!call.executed) execute(payment, call);
    if (this.failing !== null || isLostForGood(call)) return UNAVAILABLE;
    learnAll(world, order);
    if (order.status === 'paid') return refundAll(world, order);
    return payment.status === 'processing' ? IN_PROGRESS : shown(200, order);
  }

  private get failing(): (typeof MISHAPS)[MishapName] | null {
    return this.mishap === null ? null : MISHAPS[this.mishap];
  }
}

/** Where all of the money is on its way already, what is asked for is happening. */
function refundAll(world: World, order: OrderModel): string {
  if (order.payment && order.payment.hold >= order.payment.captured) return shown(200, order);
  const refund = requestRefund(world, order, { units: null, amount: null, restock: true });
  return typeof refund === 'string' ? refund : shown(200, order);
}

/** The key of such a call gives the same error again and again. */
function isLostForGood(call: UnheardCall | null): boolean {
  return call !== null && call.executed && call.replay === 'error';
}
