import { MISHAPS, type MishapName } from '../mishap.js';
import { beginCall, newPayment } from '../rules/calling.rules.js';
import { standingOf } from '../rules/intent.rules.js';
import { learnAll } from '../rules/learning.rules.js';
import type { ShopUnderTest } from '../shop-under-test.js';
import {
  after,
  areAvailable,
  isWaiting,
  type Method,
  METHODS,
  type OrderModel,
  orderAt,
  type Outcome,
  shown,
  type World,
} from '../world.js';
import { OrderMove } from './order-move.js';

/** The buyer pays an order that exists, or asks for the intent to confirm it by himself. */
export class Pay extends OrderMove {
  constructor(
    pick: number,
    readonly method: Method | null,
    readonly mishap: MishapName | null,
  ) {
    super(pick);
  }

  protected prefers(order: OrderModel): boolean {
    return isWaiting(order) && order.provider === 'stripe' && order.payment?.status !== 'processing';
  }

  outcomes(world: World): readonly Outcome[] {
    const refusal = refusalOf(world, this.orderIn(world));
    if (refusal !== null) return [{ answer: refusal, world }];
    let answer = '';
    const paid = after(world, (next) => {
      const order = orderAt(next, this.placeIn(next));
      this.hold(order);
      if (this.method === null && order.payment) this.handOver(next, order);
      else this.send(next, order);
      answer = order.payment?.status === 'failed' ? '402 order_payment_failed' : shown(200, order);
    });
    return [{ answer, world: paid }];
  }

  perform(shop: ShopUnderTest, world: World): Promise<string> {
    const place = this.placeIn(world);
    const body = this.method === null ? {} : { payment_method: METHODS[this.method].name };
    return shop.withMishap(this.mishap, { method: 'POST', path: '/v1/payment_intents' }, () =>
      shop.post(shop.customer(orderAt(world, place).customer), `/v1/orders/${shop.orderId(place)}/payments`, body),
    );
  }

  private hold(order: OrderModel): void {
    order.held = true;
    const waitsForBank = this.method === null && order.paymentStatus === 'requires_action';
    if (!waitsForBank) order.paymentStatus = this.method === null ? 'unpaid' : 'processing';
  }

  /** The intent is there already. What it says of an earlier decline counts no more. */
  private handOver(next: World, order: OrderModel): void {
    const { payment } = order;
    if (!payment) return;
    if (payment.status === 'failed') payment.status = 'pending';
    if (payment.status !== 'pending' || standingOf(payment) !== 'declined') learnAll(next, order);
    order.handedOver ||= payment.status === 'pending' || payment.status === 'requires_action';
  }

  private send(next: World, order: OrderModel): void {
    const action = order.payment === null ? 'create' : 'confirm';
    order.payment ??= newPayment();
    beginCall(order.payment, action, this.method, this.mishap === null ? null : MISHAPS[this.mishap]);
    if (order.payment.call !== null) return;
    learnAll(next, order);
    order.handedOver ||= order.payment.status === 'pending' || order.payment.status === 'requires_action';
  }
}

function refusalOf(world: World, order: OrderModel): string | null {
  if (order.status === 'paid' || order.status === 'fulfilled') return '400 order_already_paid';
  if (!isWaiting(order)) return '400 invalid_transition';
  if (order.provider === 'manual') return '422 payment_provider_mismatch';
  if (order.payment && (order.payment.call || order.payment.status === 'processing')) return '409 payment_in_progress';
  return order.held || areAvailable(world, order.lines) ? null : '409 order_insufficient_stock';
}
