import type { ShippingAddress } from '../../kernel/address.js';
import type { CartId, OrderId, OrderItemId } from '../../kernel/id.js';
import { multiplyMinor } from '../../kernel/money.js';
import type { OrderInHand, OrderItem, PaymentProvider } from './order.js';
import type { PaymentStatus } from './order-state.js';
import type { Totals } from './pricing.js';

/** Everything that is decided when an order is made. */
export interface NewOrder extends Totals {
  readonly id: OrderId;
  readonly customerId: string;
  readonly email: string | null;
  readonly provider: PaymentProvider;
  readonly paymentStatus: PaymentStatus;
  readonly currency: string;
  readonly shippingAddress: ShippingAddress | null;
  readonly reservationTtlSeconds: number;
  readonly cart: { readonly id: CartId; readonly version: number } | null;
  readonly creationKey: string;
}

export interface NewOrderItem {
  readonly id: OrderItemId;
  readonly productId: string;
  readonly sku: string;
  readonly title: string;
  readonly quantity: number;
  readonly unitPrice: number;
}

/** Where an order stands among all others: its number for people, and the moment, by the database's clock. */
export interface OrderPlace {
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

export interface NewContent {
  readonly lines: readonly NewOrderItem[];
  readonly place: OrderPlace;
}

/** An order that was made just now: it holds its stock for a time. */
export interface FreshOrder extends OrderInHand {
  readonly reservationExpiresAt: Date;
}

/** The first state of an order. */
export function openOrder(draft: NewOrder, { lines, place: { number, atMs } }: NewContent): FreshOrder {
  const { creationKey: _key, reservationTtlSeconds, cart, ...decided } = draft;
  return {
    ...decided,
    number,
    status: 'created',
    fulfillmentStatus: 'unfulfilled',
    disputed: false,
    refundedAmount: 0,
    paymentTransactionId: null,
    reservationExpiresAt: new Date(atMs + reservationTtlSeconds * 1_000),
    cancelReason: null,
    cartId: cart?.id ?? null,
    cartVersion: cart?.version ?? null,
    version: 1,
    createdAt: new Date(atMs),
    updatedAt: new Date(atMs),
    items: lines.map(openItem),
  };
}

function openItem(draft: NewOrderItem): OrderItem {
  return {
    ...draft,
    lineTotal: multiplyMinor(draft.unitPrice, draft.quantity),
    refundedQuantity: 0,
    restockedQuantity: 0,
  };
}
