import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type DueReservation, type OverdueReservation, ReservationExpiryFacade } from '../../inventory/index.js';
import { systemActor } from '../../kernel/actor.js';
import type { OrderId } from '../../kernel/id.js';
import { type Order, OrdersFacade } from '../../orders/index.js';
import { type Payment, PaymentsFacade } from '../../payments/index.js';
import type { Tx } from '../../platform/database/index.js';
import { expiryOf, RESERVATION_EXPIRED } from '../domain/hold-expiry.js';
import { EndOrder } from './end-order.js';
import { GiveUpIntent } from './give-up-intent.js';

/** When a hold that has to be kept is looked at again. Whatever it waits for ends it by itself, as a rule long before. */
const LOOK_AGAIN_SECONDS = 10;

/** What the end of one hold's time means, under the locks of everything that it touches. */
@Injectable()
export class ExpireHold {
  constructor(
    private readonly orders: OrdersFacade,
    private readonly payments: PaymentsFacade,
    private readonly expiry: ReservationExpiryFacade,
    private readonly endOrder: EndOrder,
    private readonly giveUpIntent: GiveUpIntent,
  ) {}

  /** Answers whether anything was decided: not where somebody else works on it, or where it is not due any more. */
  execute(tx: Tx, { id, orderId }: DueReservation): Promise<boolean> {
    return orderId === null ? this.expireReferenced(tx, id) : this.expireOrder(tx, id, orderId);
  }

  private async expireReferenced(tx: Tx, id: DueReservation['id']): Promise<boolean> {
    const reservation = await this.expiry.lockDue(tx, id);
    if (reservation) await this.expiry.expire(tx, systemActor('expiry', randomUUID()), reservation);
    return reservation !== undefined;
  }

  private async expireOrder(tx: Tx, id: DueReservation['id'], orderId: OrderId): Promise<boolean> {
    const order = await this.orders.lockIfFree(tx, orderId);
    if (!order) return false;
    const payment = await this.payments.lockForOrder(tx, orderId);
    const reservation = await this.expiry.lockDue(tx, id);
    if (reservation) await this.decide(tx, order, payment, reservation);
    return reservation !== undefined;
  }

  private async decide(
    tx: Tx,
    order: Order,
    payment: Payment | undefined,
    reservation: OverdueReservation,
  ): Promise<void> {
    const last = payment && (await this.payments.findLastAttempt(tx, payment.id));
    const decision = expiryOf(order, payment, last, reservation.overdueSeconds);
    const actor = systemActor('expiry', randomUUID());
    if (decision === 'cancel') await this.endOrder.expire(tx, actor, order);
    else if (decision === 'let_go') await this.endOrder.letGo(tx, actor, order);
    else await this.expiry.keep(tx, reservation.id, LOOK_AGAIN_SECONDS);
    if (decision === 'give_up_intent' && payment) await this.giveUpIntent.execute(tx, payment, RESERVATION_EXPIRED);
  }
}
