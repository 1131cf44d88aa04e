import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';
import type { CartId } from '../../kernel/id.js';
import type { Cart } from '../domain/cart.js';

@Entity('carts')
// Deferrable, so that many first changes of one cart at the same time make its row once: see `lockForChange`.
@Unique('carts_customer_id_key', ['customerId'], { deferrable: 'INITIALLY IMMEDIATE' })
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
