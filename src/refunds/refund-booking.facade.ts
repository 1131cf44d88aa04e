import { Injectable } from '@nestjs/common';
import { StockLedgerFacade } from '../inventory/index.js';
import type { Actor } from '../kernel/actor.js';
import { notePayment, type Order, type OrderItem, OrdersFacade, refundOrder, takeRefundBack } from '../orders/index.js';
import { type Payment, PaymentsFacade } from '../payments/index.js';
import { inOnePacket, type Tx } from '../platform/database/index.js';
import { ShippingFacade } from '../shipping/index.js';
import type { Refund } from './domain/refund.js';
import { waitsForMoney } from './domain/refund-plan.js';
import { RefundRepository } from './persistence/refund.repository.js';

/** A refund, the payment that its money comes from and the order that it is for, all of them locked. */
export interface Booking {
  readonly order: Order;
  readonly payment: Payment;
  readonly refund: Refund;
}

interface Units {
  readonly item: OrderItem;
  readonly quantity: number;
}

/** What money that went back, or came back again, does to a locked order and its stock. Sums come from the ledger. */
@Injectable()
export class RefundBooking {
  constructor(
    private readonly refunds: RefundRepository,
    private readonly orders: OrdersFacade,
    private readonly payments: PaymentsFacade,
    private readonly stock: StockLedgerFacade,
    private readonly shipping: ShippingFacade,
  ) {}

  async succeeded(tx: Tx, actor: Actor, { order, payment, refund }: Booking): Promise<void> {
    const units = await this.unitsOf(tx, order, refund);
    await this.orders.countRefunded(
      tx,
      units.map(({ item, quantity }) => ({ id: item.id, refunded: quantity, restocked: 0 })),
    );
    const change = refundOrder(order, {
      refunded: await this.refunds.sumSucceeded(tx, order.id),
      captured: payment.capturedAmount,
      inReview: await this.staysInReview(tx, order),
    });
    const changed = await this.orders.apply(tx, actor, order, change);
    if (changed.status === 'refunded') await this.shipping.cancelAll(tx, [order.id]);
    if (refund.restock && !refund.external) await this.restock(tx, actor, refund, units);
  }

  /** What was put back on the shelf stays there: the goods are here, only the money came back. */
  async cameBack(tx: Tx, actor: Actor, { order, refund }: Booking): Promise<void> {
    const units = await this.unitsOf(tx, order, refund);
    await this.orders.countRefunded(
      tx,
      units.map(({ item, quantity }) => ({ id: item.id, refunded: -quantity, restocked: 0 })),
    );
    await this.orders.apply(tx, actor, order, takeRefundBack(order, await this.refunds.sumSucceeded(tx, order.id)));
  }

  /** Money that somebody counts on does not go back: a person has to find another way. */
  async askPerson(tx: Tx, actor: Actor, { order }: Booking): Promise<void> {
    if (order.paymentStatus !== 'review') await this.orders.apply(tx, actor, order, notePayment('review'));
  }

  /** Nothing was sold yet, or the order was paid twice: what went back does not answer the question that a person has. */
  private async staysInReview(tx: Tx, order: Order): Promise<boolean> {
    if (order.paymentStatus !== 'review') return false;
    return waitsForMoney(order.status) || (await this.payments.lockSurplus(tx, order.id)) !== undefined;
  }

  /**
   * Units that came back with a refund of the same goods before, or with this one in an earlier round, lie on the shelf
   * already. Stock comes last, since its rows are what other buyers wait for.
   */
  private async restock(tx: Tx, actor: Actor, refund: Refund, units: readonly Units[]): Promise<void> {
    const lines = units.flatMap(({ item: { id, productId, ...item }, quantity }) => {
      const missing = Math.min(quantity, item.quantity - item.restockedQuantity);
      return productId === null || missing <= 0 ? [] : [{ id, productId, quantity: missing }];
    });
    if (lines.length === 0) return;
    const moved = new Set(await this.stock.restock(tx, actor, refund.id, lines));
    await this.orders.countRefunded(
      tx,
      lines
        .filter(({ productId }) => moved.has(productId))
        .map(({ id, quantity }) => ({ id, refunded: 0, restocked: quantity })),
    );
  }

  private async unitsOf(tx: Tx, order: Order, refund: Refund): Promise<Units[]> {
    const [units, items] = await inOnePacket(
      this.refunds.findItems(tx, refund.id),
      this.orders.findItems(tx, order.id),
    );
    const quantities = new Map(units.map((unit) => [unit.orderItemId, unit.quantity]));
    return items.flatMap((item) => {
      const quantity = quantities.get(item.id);
      return quantity === undefined ? [] : [{ item, quantity }];
    });
  }
}
