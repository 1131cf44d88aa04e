import { ApiProperty } from '@nestjs/swagger';

const amount = { type: 'integer', description: 'Minor units of `currency`.' } as const;

export class CartItemView {
  @ApiProperty()
  product_id: string;

  @ApiProperty()
  sku: string;

  @ApiProperty()
  title: string;

  @ApiProperty({ type: 'integer' })
  quantity: number;

  @ApiProperty(amount)
  unit_price: number;

  @ApiProperty(amount)
  line_total: number;

  @ApiProperty({ type: 'integer', description: 'Units that could be bought now; 0 where the product is off sale.' })
  available_quantity: number;
}

/** A cart as it goes over the wire. */
export class CartView {
  @ApiProperty()
  id: string;

  @ApiProperty({ type: () => [CartItemView] })
  items: CartItemView[];

  @ApiProperty(amount)
  subtotal: number;

  @ApiProperty({ type: 'string', nullable: true, description: 'ISO 4217, lower case; null while the cart is empty.' })
  currency: string | null;

  @ApiProperty({ type: 'integer', description: 'Rises by 1 with every change; 0 for a cart that was never filled.' })
  version: number;
}
