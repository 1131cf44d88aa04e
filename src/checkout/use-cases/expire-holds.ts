import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type DueReservation, type OverdueReservation, ReservationExpiryFacade } from '../../inventory/index.js';
import { systemActor } from '../../kernel/actor.js';
import type { OrderId } from '../../kernel/id.js';
import { cancelOrder, type ItemOfOrder, type Order, OrdersFacade } from '../../orders/index.js';
import { PaymentsFacade } from '../../payments/index.js';
import { together, type Tx } from '../../platform/database/index.js';
import { ShippingFacade } from '../../shipping/index.js';
import { expiryOf, RESERVATION_EXPIRED } from '../domain/hold-expiry.js';

/** What came of many holds whose time may be over. What somebody else works on is in neither. */
export interface ExpiredHolds {
  readonly ended: number;
  /** Those with a payment to look at: one by one, see `ExpireHold`. */
  readonly left: readonly DueReservation[];
}

/** A hold that ends; of an order, which ends with it. */
interface Ending {
  readonly hold: OverdueReservation;
  readonly order: Order | undefined;
}

/**
 * What the end of their time means for many holds at once, where no payment has a say: those of orders that nobody began to
 * pay, and those of other services. It leaves the same rows as one after the other, in a handful of statements for all.
 */
@Injectable()
export class ExpireHolds {
  constructor(
    private readonly orders: OrdersFacade,
    private readonly payments: PaymentsFacade,
    private readonly expiry: ReservationExpiryFacade,
    private readonly shipping: ShippingFacade,
  ) {}

  async execute(tx: Tx, due: readonly DueReservation[]): Promise<ExpiredHolds> {
    const locked = await this.orders.lockFree(tx, ordersOf(due));
    const orders = new Map(locked.map((order) => [order.id, order]));
    const ids = [...orders.keys()];
    // A question of its own: whether anybody began to pay is certain from the lock on.
    const { begun, holds, items } = await together(tx, {
      begun: this.payments.askOrders(ids),
      holds: this.expiry.askDue(due.filter(isFree(orders)).map(({ id }) => id)),
      items: this.orders.askItemsOf(ids),
    });
    for (const { orderId } of begun) orders.delete(orderId);
    const ending = holds.flatMap((hold) => endingOf(hold, orders));
    if (ending.length > 0) await this.end(tx, ending, items);
    const ended = new Set(ending.map(({ hold }) => hold.id));
    return { ended: ended.size, left: holds.filter(({ id }) => !ended.has(id)) };
  }

  /** Stock first, since that locks: all that follows is written together, with the end of the transaction. */
  private async end(tx: Tx, ending: readonly Ending[], items: readonly ItemOfOrder[]): Promise<void> {
    const actor = systemActor('expiry', randomUUID());
    const orders = ending.flatMap(({ order }) => (order ? [order] : []));
    await this.expiry.expireAll(
      tx,
      actor,
      ending.map(({ hold }) => hold),
    );
    if (orders.length === 0) return;
    const decided = orders.map((order) => ({
      actor,
      order: { ...order, items: items.filter((item) => item.orderId === order.id) },
      change: cancelOrder(order, RESERVATION_EXPIRED),
    }));
    await this.orders.applyAll(tx, decided);
    await this.shipping.cancelAll(
      tx,
      orders.map(({ id }) => id),
    );
  }
}

function ordersOf(due: readonly DueReservation[]): OrderId[] {
  return due.flatMap(({ orderId }) => (orderId === null ? [] : [orderId]));
}

function isFree(orders: ReadonlyMap<OrderId, Order>): (due: DueReservation) => boolean {
  return ({ orderId }) => orderId === null || orders.has(orderId);
}

/** Nothing, where something else than the clock has a say. */
function endingOf(hold: OverdueReservation, unpaid: ReadonlyMap<OrderId, Order>): Ending[] {
  if (hold.orderId === null) return [{ hold, order: undefined }];
  const order = unpaid.get(hold.orderId);
  const ends = order && expiryOf(order, undefined, undefined, hold.overdueSeconds) === 'cancel';
  return ends ? [{ hold, order }] : [];
}
