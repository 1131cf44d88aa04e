import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { PageView } from '../../platform/http/index.js';
import {
  FULFILLMENT_STATUSES,
  type FulfillmentStatus,
  ORDER_STATUSES,
  type OrderStatus,
  PAYMENT_STATUSES,
  type PaymentStatus,
} from '../domain/order-state.js';

const amount = { type: 'integer', description: 'Minor units of `currency`.' } as const;
const orNull = { type: 'string', nullable: true } as const;
const count = { type: 'integer' } as const;

@ApiSchema({ name: 'OrderItem' })
export class PresentedOrderItem {
  @ApiProperty({ example: 'item_01kaf5d3m0e9wtsz1v5b7x2y4q' })
  id: string;

  @ApiProperty({
    ...orNull,
    description: 'Null once the product is deleted; sku, title and price are as they were sold.',
  })
  product_id: string | null;

  @ApiProperty()
  sku: string;

  @ApiProperty()
  title: string;

  @ApiProperty(count)
  quantity: number;

  @ApiProperty(amount)
  unit_price: number;

  @ApiProperty(amount)
  line_total: number;

  @ApiProperty({ ...count, description: 'Units whose money went back.' })
  refunded_quantity: number;

  @ApiProperty({ ...count, description: 'Units of those that are on the shelf again.' })
  restocked_quantity: number;
}

@ApiSchema({ name: 'ShippingAddress' })
export class PresentedAddress {
  @ApiProperty()
  line1: string;

  @ApiPropertyOptional()
  line2?: string | undefined;

  @ApiProperty()
  city: string;

  @ApiPropertyOptional({ type: 'string' })
  state?: string | undefined;

  @ApiProperty()
  postal_code: string;

  @ApiProperty({ description: 'ISO 3166-1 alpha-2.' })
  country: string;

  @ApiPropertyOptional({ type: 'string' })
  name?: string | undefined;

  @ApiPropertyOptional({ type: 'string' })
  phone?: string | undefined;
}

@ApiSchema({ name: 'Shipment' })
export class PresentedShipment {
  @ApiProperty({ example: 'shp_01kaf5d3m0e9wtsz1v5b7x2y4q' })
  id: string;

  @ApiProperty({ enum: ['pending_payment', 'ready', 'shipped', 'cancelled'] })
  status: string;

  @ApiProperty({ enum: ['us_west', 'us_central', 'us_east', 'international'] })
  zone: string;

  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true, description: 'carrier, number, url.' })
  tracking: object | null;
}

/** An order as it goes over the wire. */
@ApiSchema({ name: 'Order' })
export class PresentedOrder {
  @ApiProperty({ example: 'ord_01kaf5d3m0e9wtsz1v5b7x2y4q' })
  id: string;

  @ApiProperty({ ...count, description: 'For people.' })
  number: number;

  @ApiProperty()
  customer_id: string;

  @ApiProperty(orNull)
  email: string | null;

  @ApiProperty({ enum: ORDER_STATUSES })
  status: OrderStatus;

  @ApiProperty({ enum: PAYMENT_STATUSES })
  payment_status: PaymentStatus;

  @ApiProperty({ enum: FULFILLMENT_STATUSES })
  fulfillment_status: FulfillmentStatus;

  @ApiProperty({ description: 'The buyer contests the charge at his bank.' })
  disputed: boolean;

  @ApiProperty({ description: 'ISO 4217, lower case.' })
  currency: string;

  @ApiProperty(amount)
  subtotal: number;

  @ApiProperty(amount)
  shipping_total: number;

  @ApiProperty(amount)
  tax_total: number;

  @ApiProperty(amount)
  discount_total: number;

  @ApiProperty(amount)
  total_amount: number;

  @ApiProperty(amount)
  refunded_amount: number;

  @ApiProperty({ type: () => [PresentedOrderItem] })
  items: PresentedOrderItem[];

  @ApiProperty({ type: () => PresentedAddress, nullable: true })
  shipping_address: PresentedAddress | null;

  @ApiProperty({ type: () => PresentedShipment, nullable: true })
  shipment: PresentedShipment | null;

  @ApiProperty({ ...orNull, description: 'What paid the order: `pay_…`, or the reference of money taken outside.' })
  payment_transaction_id: string | null;

  @ApiProperty({ ...orNull, format: 'date-time', description: 'Until when stock is held; null where none is.' })
  reservation_expires_at: string | null;

  @ApiProperty(orNull)
  cancel_reason: string | null;

  @ApiProperty({ enum: ORDER_STATUSES, isArray: true, description: 'The statuses that it may have next.' })
  allowed_transitions: readonly OrderStatus[];

  @ApiProperty({ ...count, description: 'Rises by 1 with every change.' })
  version: number;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  @ApiProperty({ format: 'date-time' })
  updated_at: string;
}

export class OrderPage extends PageView {
  @ApiProperty({ type: () => [PresentedOrder] })
  orders: PresentedOrder[];
}
