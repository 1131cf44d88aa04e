import { type OrderModel, reservedOf, type World } from './world.js';

/** What can be seen of a shop: equal for a world and for the real one if the world is right. */
export interface Picture {
  /** `on hand - reserved` by product. */
  readonly stock: readonly string[];
  /** `product x quantity` by customer. */
  readonly carts: readonly (readonly string[])[];
  readonly orders: readonly OrderPicture[];
}

export interface OrderPicture {
  readonly state: string;
  readonly total: number;
  readonly refundedAmount: number;
  readonly cancelReason: string | null;
  readonly held: boolean;
  /** `product x quantity, refunded, restocked`. */
  readonly items: readonly string[];
  /** `status captured amount held for refunds`. */
  readonly payment: string | null;
  /** `status amount`, sorted. */
  readonly refunds: readonly string[];
}

export function pictureOf(world: World): Picture {
  return {
    stock: world.products.map(({ onHand }, place) => `${onHand} - ${reservedOf(world, place)}`),
    carts: world.carts.map((lines) => lines.map(({ product, quantity }) => `${product} x ${quantity}`)),
    orders: world.orders.map(pictureOfOrder),
  };
}

function pictureOfOrder(order: OrderModel): OrderPicture {
  const { status, paymentStatus, shipped, total, refundedAmount, cancelReason, held, payment } = order;
  return {
    state: `${status} ${paymentStatus} ${shipped ? 'shipped' : 'unfulfilled'}`,
    ...{ total, refundedAmount, cancelReason, held },
    items: order.lines.map(
      ({ product, quantity }, line) =>
        `${product} x ${quantity}, ${order.refunded[line] ?? 0}, ${order.restocked[line] ?? 0}`,
    ),
    payment: payment && `${payment.status} ${payment.captured} ${payment.hold}`,
    refunds: (payment?.refunds ?? []).map((refund) => `${refund.status} ${refund.amount}`).sort(),
  };
}
