import { Injectable } from '@nestjs/common';
import { GuestTokens } from '../../platform/auth/index.js';
import { Database, type Tx } from '../../platform/database/index.js';
import { cartIdOf } from '../domain/cart.js';
import { GuestTokenInvalid } from '../domain/cart.errors.js';
import { linesToMerge } from '../domain/cart-lines.js';
import type { PricedCart } from '../domain/priced-cart.js';
import { CartRepository } from '../persistence/cart.repository.js';
import { CartQuery } from '../queries/cart.query.js';

/** Moves what somebody put into a cart as a guest into his own cart once he signs in. */
@Injectable()
export class MergeGuestCart {
  constructor(
    private readonly database: Database,
    private readonly guests: GuestTokens,
    private readonly carts: CartRepository,
    private readonly query: CartQuery,
  ) {}

  /** Throws GuestTokenInvalid. A second merge finds the guest's cart empty and adds nothing. */
  async execute(customerId: string, guestToken: string): Promise<PricedCart> {
    const guestId = this.guestOf(guestToken);
    if (guestId !== customerId) await this.database.transaction((tx) => this.merge(tx, customerId, guestId));
    return this.query.find(customerId);
  }

  private guestOf(guestToken: string): string {
    try {
      return this.guests.verify(guestToken);
    } catch (error) {
      throw new GuestTokenInvalid(error);
    }
  }

  private async merge(tx: Tx, customerId: string, guestId: string): Promise<void> {
    const locked = await this.carts.lock(tx, customerId, guestId);
    const guestCart = locked.find(({ id }) => id === cartIdOf(guestId));
    const guestLines = guestCart ? await this.query.findLines(tx, guestCart) : [];
    if (!guestCart || guestLines.length === 0) return;
    const own = await this.carts.lockForChange(tx, customerId);
    await this.carts.put(tx, own, linesToMerge(await this.query.findLines(tx, own), guestLines));
    await this.carts.empty(tx, guestCart);
  }
}
