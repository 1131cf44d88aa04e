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

/** What became of facts that were applied together. */
export type ToldOutcomes<Told extends ToldPayment> = ReadonlyMap<Told, 'applied' | 'old_news'>;

/** What is locked of the orders that facts are about. */
interface Locked {
  readonly orders: readonly Order[];
  readonly payments: readonly Payment[];
  readonly items: readonly ItemOfOrder[];
  readonly holds: readonly HeldReservation[];
  readonly held: readonly HeldLine[];
}

interface Sale {
  readonly actor: Actor;
  readonly order: OrderInHand;
  /** As it is with the fact. */
  readonly payment: Payment;
  readonly hold: HeldReservation;
  readonly lines: readonly ReservationLine[];
}

/**
 * Sells many orders at once whose money is there, where nothing else has a say: the hold is as it was made, and no call of ours
 * is on its way. It leaves the same rows as one after the other, in a handful of statements for all. Of what is old news nothing
 * has to be written at all. Whatever else a fact may mean is for `ApplyPaymentFact`.
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
   * Answers what became of those that it worked on. What somebody else works on it leaves alone, so that it waits for nobody but
   * for stock, at its very end.
   */
  async execute<Told extends ToldPayment>(tx: Tx, told: readonly Told[]): Promise<ToldOutcomes<Told>> {
    const facts = told.flatMap(ofOrder);
    const locked = await this.lock(tx, facts);
    const decisions = new Decisions<Told>(locked);
    for (const fact of facts) decisions.take(fact);
    if (decisions.sales.length > 0) await this.sell(tx, decisions.sales);
    return decisions.outcomes;
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

  private async sell(tx: Tx, sales: readonly Sale[]): Promise<void> {
    await this.payments.updateAllAtRest(
      tx,
      sales.map(({ payment }) => payment),
    );
    await this.orders.applyAll(
      tx,
      sales.map(({ actor, order, payment }) => ({ actor, order, change: payOrder(order, payment.id) })),
    );
    await this.shipping.makeAllReady(
      tx,
      sales.map(({ order }) => order.id),
    );
    await this.inventory.confirmAllHeld(tx, sales);
  }
}

function ofOrder<Told extends ToldPayment>(told: Told): ToldOrder<Told>[] {
  const { orderId } = told.payment;
  return orderId === null ? [] : [{ told, orderId }];
}

/** Goes by the order in which facts are given: what comes after one that is left alone is left alone as well. */
class Decisions<Told extends ToldPayment> {
  readonly outcomes = new Map<Told, 'applied' | 'old_news'>();
  private readonly saleOfOrder = new Map<OrderId, Sale>();
  private readonly left = new Set<OrderId>();

  constructor(private readonly locked: Locked) {}

  get sales(): readonly Sale[] {
    return [...this.saleOfOrder.values()];
  }

  take({ told, orderId }: ToldOrder<Told>): void {
    const outcome = this.left.has(orderId) ? undefined : this.outcomeOf(told, orderId);
    if (outcome) this.outcomes.set(told, outcome);
    else this.left.add(orderId);
  }

  private outcomeOf({ actor, payment: { id }, fact }: Told, orderId: OrderId): 'applied' | 'old_news' | undefined {
    const sold = this.saleOfOrder.get(orderId);
    const payment = sold?.payment.id === id ? sold.payment : this.locked.payments.find((each) => each.id === id);
    if (payment?.orderId !== orderId) return undefined;
    const verdict = judge(payment, undefined, fact);
    if (verdict === 'ignore') return 'old_news';
    const sale = verdict === 'apply' && !sold ? saleOf(actor, payment, fact, this.locked) : undefined;
    if (!sale) return undefined;
    this.saleOfOrder.set(orderId, sale);
    return 'applied';
  }
}

/** Nothing, where anything but a sale of what is held comes of it. */
function saleOf(actor: Actor, before: Payment, fact: PaymentFact, locked: Locked): Sale | undefined {
  const { orderId } = before;
  const order = locked.orders.find(({ id }) => id === orderId);
  const hold = locked.holds.find((each) => each.orderId === orderId);
  const payment = withFact(before, fact);
  if (!order || !hold || !payment || settle(order, before, fact, false).kind !== 'pay') return undefined;
  const items = locked.items.filter((item) => item.orderId === orderId);
  const lines = locked.held.filter(({ reservationId }) => reservationId === hold.id);
  return { actor, order: { ...order, items }, payment: { ...payment, checks: 0 }, hold, lines };
}
