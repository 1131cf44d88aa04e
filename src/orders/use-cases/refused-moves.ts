import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { OrderId } from '../../kernel/id.js';
import { Database } from '../../platform/database/index.js';
import { InvalidTransition, OrderAlreadyPaid } from '../domain/order.errors.js';
import type { OrderStatus } from '../domain/order-state.js';
import { OrdersFacade } from '../orders.facade.js';

/** Keeps a trace of refused moves, which the transaction of the move itself takes back. */
@Injectable()
export class RefusedMoves {
  constructor(
    private readonly database: Database,
    private readonly orders: OrdersFacade,
  ) {}

  /** Runs a move; where it is refused, audits the attempt in a transaction of its own and throws on. */
  async audited<T>(actor: Actor, orderId: OrderId, to: OrderStatus, move: () => Promise<T>): Promise<T> {
    try {
      return await move();
    } catch (error) {
      if (error instanceof InvalidTransition || error instanceof OrderAlreadyPaid) {
        await this.database.transaction((tx) => this.orders.auditRefusal(tx, actor, orderId, to));
      }
      throw error;
    }
  }
}
