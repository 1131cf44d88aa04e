import { Injectable } from '@nestjs/common';
import { CartFacade } from '../../cart/index.js';
import type { Actor } from '../../kernel/actor.js';
import type { ShippingAddress } from '../../kernel/address.js';
import type { PaymentProvider } from '../../orders/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { Answer, IdempotentCall } from '../../platform/idempotency/index.js';
import { OrderCartEmpty } from '../domain/checkout.errors.js';
import type { OrderAnswer } from './order-answer.js';
import type { OrderRequest } from './order-placement.js';
import { PlaceOrder } from './place-order.js';

export interface CheckOutCommand {
  readonly actor: Actor;
  readonly customerId: string;
  readonly email: string | null;
  readonly shippingAddress: ShippingAddress;
  readonly provider: PaymentProvider;
  readonly paymentMethod: string | null;
  readonly expectedTotal: number | null;
}

/** Turns the caller's cart into an order and takes the money for it. */
@Injectable()
export class CheckOut {
  constructor(
    private readonly placeOrder: PlaceOrder,
    private readonly carts: CartFacade,
  ) {}

  execute(command: CheckOutCommand, call: IdempotentCall<OrderAnswer>): Promise<Answer> {
    const { actor, provider, paymentMethod } = command;
    const online =
      paymentMethod === null ? { kind: 'client_confirms' as const } : { kind: 'charge' as const, paymentMethod };
    const plan = provider === 'manual' ? { kind: 'later' as const } : online;
    return this.placeOrder.execute({ actor, plan, request: (tx) => this.takeCart(tx, command) }, call);
  }

  private async takeCart(
    tx: Tx,
    command: CheckOutCommand,
  ): Promise<Omit<OrderRequest, 'creationKey' | 'paymentStatus'>> {
    const cart = await this.carts.takeForCheckout(tx, command.customerId);
    if (!cart || cart.lines.length === 0) throw new OrderCartEmpty();
    return {
      customerId: command.customerId,
      email: command.email,
      shippingAddress: command.shippingAddress,
      provider: command.provider,
      expectedTotal: command.expectedTotal,
      cart: { id: cart.cartId, version: cart.version },
      lines: cart.lines.map((line) => ({ ...line, unitPrice: null })),
    };
  }
}
