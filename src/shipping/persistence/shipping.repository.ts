import { Injectable } from '@nestjs/common';
import type { ShipmentId } from '../../kernel/id.js';
import { sql, type Tx } from '../../platform/database/index.js';
import type { Tracking } from '../domain/shipment.js';
import type { ShipmentStatus } from '../domain/shipment-state.js';
import type { ShippingRate } from '../domain/shipping-rate.js';
import type { Zone } from '../domain/zone.js';

export interface ShipmentMove {
  readonly to: ShipmentStatus;
  /** The states that it may leave for that one; in any other it stays as it is. */
  readonly from: readonly ShipmentStatus[];
  /** Replaces what is stored, unless null. */
  readonly tracking: Tracking | null;
}

/** The SQL of rates and shipments. */
@Injectable()
export class ShippingRepository {
  async findRate(tx: Tx, zone: Zone, currency: string): Promise<ShippingRate | undefined> {
    const [rate] = await sql<ShippingRate>(
      tx,
      'SELECT zone, currency, first_item, further_item FROM shipping_rates WHERE zone = $1 AND currency = $2',
      [zone, currency],
    );
    return rate;
  }

  async insert(tx: Tx, shipment: { id: ShipmentId; orderId: string; zone: Zone }): Promise<void> {
    await sql(tx, 'INSERT INTO shipments (id, order_id, zone) VALUES ($1, $2, $3)', [
      shipment.id,
      shipment.orderId,
      shipment.zone,
    ]);
  }

  /** Moves the order's shipment and answers whether there was one that could move. */
  async move(tx: Tx, orderId: string, { to, from, tracking }: ShipmentMove): Promise<boolean> {
    const moved = await sql(
      tx,
      `UPDATE shipments SET status = $2, tracking = coalesce($4::jsonb, tracking), updated_at = now()
       WHERE order_id = $1 AND status = ANY($3) RETURNING id`,
      [orderId, to, from, tracking === null ? null : JSON.stringify(tracking)],
    );
    return moved.length === 1;
  }
}
