import { Injectable } from '@nestjs/common';
import { type HeldLine, type HeldReservation, InventoryFacade, type ReservationLine } from '../../inventory/index.js';
import type { Actor } from '../../kernel/actor.js';
import type { OrderId } from '../../kernel/id.js';
import { type ItemOfOrder, type Order, type OrderInHand, OrdersFacade, payOrder } from '../../orders/index.js';
import { type Payment, type PaymentFact, PaymentsFacade, withFact } from '../../payments/index.js';
import { inOnePacket, together, type Tx } from '../../platform/database/index.js';
import { ShippingFacade } from '../../shipping/index.js';
import { judge } from '../domain/payment-news.js';
import { settle } from '../domain/settlement.js';

/** A fact about a payment that was found without a lock. */
export interface ToldPayment {
  readonly actor: Actor;
  readonly payment: Pick<Payment, 'id' | 'orderId'>;
  readonly fact: PaymentFact;
}

/** What was told of the payment of an order. */
interface ToldOrder<Told extends ToldPayment> {
  readonly told: Told;
  readonly orderId: OrderId;
}

/** What is locked of the orders that facts are about. */
interface Locked {
  readonly orders: readonly Order[];
  readonly payments: readonly Payment[];
  readonly items: readonly ItemOfOrder[];
  readonly holds: readonly HeldReservation[];
  readonly held: readonly HeldLine[];
}

interface Sale<Told extends ToldPayment> {
  readonly told: Told;
  readonly order: OrderInHand;
  /** As it is with the fact. */
  readonly payment: Payment;
  readonly hold: HeldReservation;
  readonly lines: readonly ReservationLine[];
}

/**
 * Sells many orders at once whose money is there, where nothing else has a say: the hold is as it was made, and no call of ours
 * is on its way. It leaves the same rows as one after the other, in a handful of statements for all. Whatever else a fact may mean
 * is for `ApplyPaymentFact`.
 */
@Injectable()
export class SellOrders {
  constructor(
    private readonly orders: OrdersFacade,
    private readonly payments: PaymentsFacade,
    private readonly inventory: InventoryFacade,
    private readonly shipping: ShippingFacade,
  ) {}

  /**
   * Answers those that it applied. What somebody else works on it leaves alone, so that it waits for nobody but for stock, at its
   * very end.
   */
  async execute<Told extends ToldPayment>(tx: Tx, told: readonly Told[]): Promise<readonly Told[]> {
    const facts = oneForEachOrder(told);
    const locked = await this.lock(tx, facts);
    const sales = facts.flatMap((fact) => saleOf(fact, locked));
    if (sales.length > 0) await this.sell(tx, sales);
    return sales.map((sale) => sale.told);
  }

  private async lock(tx: Tx, facts: readonly ToldOrder<ToldPayment>[]): Promise<Locked> {
    const orders = await this.orders.lockFree(
      tx,
      facts.map(({ orderId }) => orderId),
    );
    const ids = orders.map(({ id }) => id);
    const paying = facts.filter(({ orderId }) => ids.includes(orderId)).map(({ told }) => told.payment.id);
    const [payments, { waiting, ...asked }] = await inOnePacket(
      this.payments.lockFree(tx, paying),
      together(tx, {
        waiting: this.payments.askWaiting(paying),
        items: this.orders.askItemsOf(ids),
        ...this.inventory.askHolds(ids),
      }),
    );
    const called = new Set(waiting.map(({ paymentId }) => paymentId));
    return { ...asked, orders, payments: payments.filter(({ id }) => !called.has(id)) };
  }

  private async sell(tx: Tx, sales: readonly Sale<ToldPayment>[]): Promise<void> {
    await this.payments.updateAllAtRest(
      tx,
      sales.map(({ payment }) => payment),
    );
    await this.orders.applyAll(
      tx,
      sales.map(({ told: { actor }, order, payment }) => ({ actor, order, change: payOrder(order, payment.id) })),
    );
    await this.shipping.makeAllReady(
      tx,
      sales.map(({ order }) => order.id),
    );
    await this.inventory.confirmAllHeld(
      tx,
      sales.map(({ told: { actor }, hold, lines }) => ({ actor, hold, lines })),
    );
  }
}

/** Of two facts about one order the second is not to be judged by what the order was before the first. */
function oneForEachOrder<Told extends ToldPayment>(all: readonly Told[]): ToldOrder<Told>[] {
  const first = new Map<OrderId, ToldOrder<Told>>();
  for (const told of all) {
    const { orderId } = told.payment;
    if (orderId !== null && !first.has(orderId)) first.set(orderId, { told, orderId });
  }
  return [...first.values()];
}

/** Nothing, where anything but a sale of what is held comes of it. */
function saleOf<Told extends ToldPayment>({ told, orderId }: ToldOrder<Told>, locked: Locked): Sale<Told>[] {
  const order = locked.orders.find(({ id }) => id === orderId);
  const before = locked.payments.find(({ id }) => id === told.payment.id);
  const hold = locked.holds.find((each) => each.orderId === orderId);
  if (!order || before?.orderId !== orderId || !hold || judge(before, undefined, told.fact) !== 'apply') return [];
  const payment = withFact(before, told.fact);
  if (!payment || settle(order, before, told.fact, false).kind !== 'pay') return [];
  const items = locked.items.filter((item) => item.orderId === orderId);
  const lines = locked.held.filter(({ reservationId }) => reservationId === hold.id);
  return [{ told, order: { ...order, items }, payment: { ...payment, checks: 0 }, hold, lines }];
}
