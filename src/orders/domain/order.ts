import type { CartId, OrderId, OrderItemId } from '../../kernel/id.js';
import type { ShippingAddress } from '../../kernel/address.js';
import type { FulfillmentStatus, OrderStatus, PaymentStatus } from './order-state.js';

export type PaymentProvider = 'stripe' | 'manual';

/** One sold line. Title and price are what the buyer saw; the catalogue may change afterwards. */
export interface OrderItem {
  readonly id: OrderItemId;
  readonly productId: string | null;
  readonly sku: string;
  readonly title: string;
  readonly quantity: number;
  readonly unitPrice: number;
  readonly lineTotal: number;
  readonly refundedQuantity: number;
  readonly restockedQuantity: number;
}

/** An item beside those of other orders. */
export interface ItemOfOrder extends OrderItem {
  readonly orderId: OrderId;
}

/** How the counts of one item change by a refund; negative where a refund came back. */
export interface RefundedUnits {
  readonly id: OrderItemId;
  readonly refunded: number;
  readonly restocked: number;
}

/** A promise to a buyer, and where it stands. Amounts are minor units of `currency`. */
export interface Order {
  readonly id: OrderId;
  readonly number: number;
  readonly customerId: string;
  readonly email: string | null;
  readonly status: OrderStatus;
  readonly paymentStatus: PaymentStatus;
  readonly fulfillmentStatus: FulfillmentStatus;
  readonly disputed: boolean;
  readonly provider: PaymentProvider;
  readonly currency: string;
  readonly subtotal: number;
  readonly shippingTotal: number;
  readonly taxTotal: number;
  readonly discountTotal: number;
  readonly totalAmount: number;
  readonly refundedAmount: number;
  readonly shippingAddress: ShippingAddress | null;
  readonly paymentTransactionId: string | null;
  readonly reservationExpiresAt: Date | null;
  readonly cancelReason: string | null;
  readonly cartId: CartId | null;
  readonly cartVersion: number | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** An order with its lines, of which nothing has to be asked again. */
export interface OrderInHand extends Order {
  readonly items: readonly OrderItem[];
}

/** The members that a change may touch; everything else is frozen when the order is made. */
export type OrderPatch = Partial<
  Pick<
    Order,
    | 'status'
    | 'paymentStatus'
    | 'fulfillmentStatus'
    | 'disputed'
    | 'refundedAmount'
    | 'paymentTransactionId'
    | 'reservationExpiresAt'
    | 'cancelReason'
  >
>;

/** The units of products that an order holds or sells; products that were deleted for good have none. */
export function heldLines(items: readonly OrderItem[]): { readonly productId: string; readonly quantity: number }[] {
  return items.flatMap(({ productId, quantity }) => (productId === null ? [] : [{ productId, quantity }]));
}
