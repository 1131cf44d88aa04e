import { ApiProperty } from '@nestjs/swagger';
import { PageView } from '../../platform/http/index.js';

/** A product as it goes over the wire. */
export class ProductView {
  @ApiProperty({ example: 'prod_01kaf5d3m0e9wtsz1v5b7x2y4q' })
  id: string;

  @ApiProperty({ example: 'MUG-BLUE' })
  sku: string;

  @ApiProperty({ example: 'Blue mug' })
  title: string;

  @ApiProperty()
  description: string;

  @ApiProperty({ type: 'integer', example: 1450, description: 'Minor units of `currency`.' })
  unit_price: number;

  @ApiProperty({ example: 'usd', description: 'ISO 4217, lower case.' })
  currency: string;

  @ApiProperty({ type: 'integer', description: 'Units that could be bought at this moment.' })
  available_quantity: number;

  @ApiProperty({ description: 'Whether it is for sale.' })
  active: boolean;
}

export class ProductPage extends PageView {
  @ApiProperty({ type: () => [ProductView] })
  products: ProductView[];
}
