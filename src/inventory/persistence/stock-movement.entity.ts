import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { MovementId, MovementKind, StockMovement } from '../domain/stock-movement.js';

@Entity('stock_movements')
@Unique('stock_movements_cause_product_key', ['cause', 'productId'])
@Index('stock_movements_product_idx', ['productId', 'id'])
@Check('stock_movements_delta_check', 'delta <> 0')
@Check('stock_movements_kind_check', `kind IN ('count', 'adjustment', 'sale', 'restock')`)
export class StockMovementEntity implements StockMovement {
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'stock_movements_pkey' })
  id: MovementId;

  @ForeignKey('products', { name: 'stock_movements_product_id_fkey' })
  @Column({ type: 'text', collation: 'C' })
  productId: string;

  @Column({ type: 'bigint' })
  delta: number;

  @Column({ type: 'text' })
  kind: MovementKind;

  @Column({ type: 'text' })
  cause: string;

  @Column({ type: 'text', nullable: true })
  reason: string | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}
