import { Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor.js';
import type { OrderId } from '../kernel/id.js';
import { AuditTrail, type NewAuditEntry } from '../platform/audit/index.js';
import { inOnePacket, type Question, type Tx } from '../platform/database/index.js';
import { Outbox } from '../platform/outbox/index.js';
import { OrderNotFound } from './domain/order.errors.js';
import { auditState, orderEvent } from './domain/order.events.js';
import { type FreshOrder, type NewContent, type NewOrder, openOrder, type OrderPlace } from './domain/new-order.js';
import type { ItemOfOrder, Order, OrderInHand, OrderItem, RefundedUnits } from './domain/order.js';
import type { OrderChange } from './domain/order-change.js';
import type { OrderStatus } from './domain/order-state.js';
import { OrderRepository } from './persistence/order.repository.js';

export interface TimedChange {
  readonly change: OrderChange;
  readonly at: Date;
}

interface Changed {
  readonly order: Order;
  readonly changed: OrderInHand;
}

export interface DecidedOrder {
  readonly actor: Actor;
  readonly order: OrderInHand;
  readonly change: OrderChange;
}

/** What upper floors may do with orders in their transaction. Every change is audited and announced in the same breath. */
@Injectable()
export class OrdersFacade {
  constructor(
    private readonly orders: OrderRepository,
    private readonly audit: AuditTrail,
    private readonly outbox: Outbox,
  ) {}

  /** What has to be asked before an order can be made. */
  askPlace(): Question<OrderPlace> {
    return this.orders.askPlace();
  }

  /** The time by the database's clock. */
  askTime(): Question<Pick<OrderPlace, 'atMs'>> {
    return this.orders.askTime();
  }

  async create(tx: Tx, actor: Actor, draft: NewOrder, content: NewContent): Promise<FreshOrder> {
    const order = openOrder(draft, content);
    await this.orders.insert(tx, order, order.items, draft.creationKey);
    await this.audit.append(tx, actor, {
      orderId: order.id,
      version: order.version,
      eventType: 'order_created',
      previousState: null,
      newState: auditState(order),
    });
    await this.outbox.append(tx, actor, orderEvent('order.created', order, order.items));
    return order;
  }

  /** An order as it is, without a lock: only to learn what has to be locked before it. */
  find(tx: Tx, id: OrderId): Promise<Order | undefined> {
    return this.orders.find(tx, id);
  }

  /** Locks an order. Throws OrderNotFound where there is none, or where it is not the owner's (null: anybody's). */
  async lock(tx: Tx, id: OrderId, ownerId: string | null): Promise<Order> {
    const order = await this.orders.lock(tx, id);
    if (!order || (ownerId !== null && order.customerId !== ownerId)) throw new OrderNotFound(id);
    return order;
  }

  /** Locks an order for work that can wait; undefined where somebody else works on it, or where there is none. */
  lockIfFree(tx: Tx, id: OrderId): Promise<Order | undefined> {
    return this.orders.lockIfFree(tx, id);
  }

  /** The same for many: those that nobody else works on. */
  lockFree(tx: Tx, ids: readonly OrderId[]): Promise<Order[]> {
    return this.orders.lockFree(tx, ids);
  }

  findIdByCreationKey(tx: Tx, creationKey: string): Promise<OrderId | undefined> {
    return this.orders.findIdByCreationKey(tx, creationKey);
  }

  findItems(tx: Tx, id: OrderId): Promise<OrderItem[]> {
    return this.orders.findItems(tx, id);
  }

  countRefunded(tx: Tx, items: readonly RefundedUnits[]): Promise<void> {
    return this.orders.countRefunded(tx, items);
  }

  /** What has to be asked of a locked order to change it without asking again. */
  askItems(id: OrderId): Question<OrderItem> {
    return this.orders.askItems(id);
  }

  /** The same for many. */
  askItemsOf(ids: readonly OrderId[]): Question<ItemOfOrder> {
    return this.orders.askItemsOf(ids);
  }

  /** Carries out a change that the domain decided, on an order that this transaction holds locked. */
  async apply(tx: Tx, actor: Actor, order: Order, change: OrderChange): Promise<Order> {
    const [changed, items] = await inOnePacket(
      this.orders.update(tx, { ...order, ...change.patch }),
      this.orders.findItems(tx, order.id),
    );
    await this.tell(tx, actor, { order, changed: { ...changed, items } }, change);
    return changed;
  }

  /** The same where the lines are known as well, at this moment by the database's clock. */
  async applyInHand(tx: Tx, actor: Actor, order: OrderInHand, { change, at }: TimedChange): Promise<OrderInHand> {
    const changed = { ...order, ...change.patch, version: order.version + 1, updatedAt: at };
    await this.orders.updateTo(tx, changed);
    await this.tell(tx, actor, { order, changed }, change);
    return changed;
  }

  /** The same for many orders at once, whose lines are known and which this transaction holds locked. */
  async applyAll(tx: Tx, decided: readonly DecidedOrder[]): Promise<void> {
    const changes = decided.map(({ actor, order, change }) => {
      return { actor, order, change, changed: { ...order, ...change.patch, version: order.version + 1 } };
    });
    await this.orders.updateAllTo(
      tx,
      changes.map(({ changed }) => changed),
    );
    await this.audit.appendAll(
      tx,
      changes.map((each) => ({ ...entryOf(each, each.change), actor: each.actor })),
    );
    await this.outbox.appendAll(
      tx,
      changes.map(({ actor, changed, change }) => ({ ...orderEvent(change.eventType, changed, changed.items), actor })),
    );
  }

  private async tell(tx: Tx, actor: Actor, { order, changed }: Changed, change: OrderChange): Promise<void> {
    await this.audit.append(tx, actor, entryOf({ order, changed }, change));
    await this.outbox.append(tx, actor, orderEvent(change.eventType, changed, changed.items));
  }

  /** Writes down which money a person took for an order, whatever it costs. `capturedAmount` is minor units, all of it. */
  async auditAcceptance(tx: Tx, actor: Actor, order: Order, capturedAmount: number): Promise<void> {
    await this.audit.append(tx, actor, {
      orderId: order.id,
      version: null,
      eventType: 'order_money_accepted',
      previousState: auditState(order),
      newState: { ...auditState(order), captured_amount: capturedAmount },
    });
  }

  /** Leaves a trace of a move that was refused. Call it in a transaction of its own, so that it outlives the refusal. */
  async auditRefusal(tx: Tx, actor: Actor, orderId: OrderId, requested: OrderStatus): Promise<void> {
    const order = await this.lock(tx, orderId, null);
    await this.audit.append(tx, actor, {
      orderId,
      version: null,
      eventType: 'invalid_transition_attempted',
      previousState: auditState(order),
      newState: { ...auditState(order), requested_status: requested },
    });
  }
}

function entryOf({ order, changed }: Changed, change: OrderChange): NewAuditEntry {
  return {
    orderId: order.id,
    version: changed.version,
    eventType: change.auditType,
    previousState: auditState(order),
    newState: auditState(changed),
  };
}
