import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { ProductId } from '../../kernel/id.js';
import type { Product } from '../domain/product.js';

@Entity('products')
@Index('products_sku_key', ['sku'], { unique: true, where: 'archived_at IS NULL' })
@Check('products_unit_price_check', 'unit_price > 0')
@Check('products_currency_check', `currency ~ '^[a-z]{3}$'`)
export class ProductEntity implements Product {
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'products_pkey' })
  id: ProductId;

  @Column({ type: 'text' })
  sku: string;

  @Column({ type: 'text' })
  title: string;

  @Column({ type: 'text', default: '' })
  description: string;

  @Column({ type: 'bigint' })
  unitPrice: number;

  @Column({ type: 'text' })
  currency: string;

  @Column({ type: 'boolean', default: true })
  active: boolean;

  @Column({ type: 'timestamptz', nullable: true })
  archivedAt: Date | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;
}
