import { Injectable } from '@nestjs/common';
import { CartFacade } from '../../cart/index.js';
import type { Actor } from '../../kernel/actor.js';
import type { ShippingAddress } from '../../kernel/address.js';
import type { PaymentProvider } from '../../orders/index.js';
import { inOnePacket, together, type Tx } from '../../platform/database/index.js';
import type { Answer, IdempotentCall } from '../../platform/idempotency/index.js';
import { OrderCartEmpty } from '../domain/checkout.errors.js';
import type { OrderAnswer } from './order-answer.js';
import { OrderPlacement } from './order-placement.js';
import { PlaceOrder, type RequestedOrder } from './place-order.js';

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
    private readonly placement: OrderPlacement,
    private readonly carts: CartFacade,
  ) {}

  execute(command: CheckOutCommand, call: IdempotentCall<OrderAnswer>): Promise<Answer> {
    const { actor, provider, paymentMethod } = command;
    const online =
      paymentMethod === null ? { kind: 'client_confirms' as const } : { kind: 'charge' as const, paymentMethod };
    const plan = provider === 'manual' ? { kind: 'later' as const } : online;
    return this.placeOrder.execute({ actor, plan, request: (tx) => this.takeCart(tx, command) }, call);
  }

  private async takeCart(tx: Tx, command: CheckOutCommand): Promise<RequestedOrder> {
    const { customerId, email, shippingAddress, provider, expectedTotal } = command;
    const productIds = this.carts.productIds(customerId);
    const [cart, { lines, ...asked }] = await inOnePacket(
      this.carts.lock(tx, customerId),
      together(tx, {
        lines: this.carts.askLines(customerId),
        ...this.placement.questions({ productIds, shippingAddress }),
      }),
    );
    if (!cart || lines.length === 0) throw new OrderCartEmpty();
    await this.carts.empty(tx, cart);
    return {
      order: {
        ...{ customerId, email, shippingAddress, provider, expectedTotal },
        cart: { id: cart.id, version: cart.version },
        lines: lines.map((line) => ({ ...line, unitPrice: null })),
      },
      asked,
    };
  }
}
