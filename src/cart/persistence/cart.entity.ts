import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';
import type { CartId } from '../../kernel/id.js';
import type { Cart } from '../domain/cart.js';

@Entity('carts')
@Unique('carts_customer_id_key', ['customerId'])
export class CartEntity implements Cart {
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'carts_pkey' })
  id: CartId;

  @Column({ type: 'text' })
  customerId: string;

  @Column({ type: 'bigint', default: 1 })
  version: number;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;
}
