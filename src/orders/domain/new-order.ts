import type { ShippingAddress } from '../../kernel/address.js';
import type { CartId, OrderId, OrderItemId } from '../../kernel/id.js';
import type { PaymentProvider } from './order.js';
import type { PaymentStatus } from './order-state.js';
import type { Totals } from './pricing.js';

/** Everything that is frozen when an order is made. */
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
