import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import type { StockLevel } from '../domain/stock-level.js';

@Entity('stock_levels')
@Check('stock_levels_on_hand_check', 'on_hand >= 0')
@Check('stock_levels_reserved_check', 'reserved >= 0')
@Check('stock_levels_reserved_within_on_hand_check', 'reserved <= on_hand')
export class StockLevelEntity implements StockLevel {
  @ForeignKey('products', { name: 'stock_levels_product_id_fkey' })
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'stock_levels_pkey' })
  productId: string;

  @Column({ type: 'bigint', default: 0 })
  onHand: number;

  @Column({ type: 'bigint', default: 0 })
  reserved: number;

  /** Counts the events about this stock. */
  @Column({ type: 'bigint', default: 0 })
  version: number;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;
}
