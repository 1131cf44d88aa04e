import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { CartId } from '../../kernel/id.js';
import type { CartLine } from '../domain/cart.js';
import { CartEntity } from './cart.entity.js';

@Entity('cart_lines')
@Index('cart_lines_product_idx', ['productId'])
@Check('cart_lines_quantity_check', 'quantity BETWEEN 1 AND 10000')
export class CartLineEntity implements CartLine {
  @ForeignKey(() => CartEntity, { name: 'cart_lines_cart_id_fkey', onDelete: 'CASCADE' })
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'cart_lines_pkey' })
  cartId: CartId;

  @ForeignKey('products', { name: 'cart_lines_product_id_fkey', onDelete: 'CASCADE' })
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'cart_lines_pkey' })
  productId: string;

  @Column({ type: 'integer' })
  quantity: number;

  /** Rises with every new line: lines are shown in the order in which they were put in. */
  @Column({ type: 'bigint', generated: 'identity', generatedIdentity: 'BY DEFAULT' })
  position: number;
}
