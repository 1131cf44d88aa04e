import { Injectable } from '@nestjs/common';
import { later, type Question, sql, type Tx } from '../../platform/database/index.js';
import type { OrderShipment, Tracking } from '../domain/shipment.js';
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
  /** The rates of a zone, one for each currency that has any. */
  askRates(zone: Zone | null): Question<ShippingRate> {
    return {
      text: 'SELECT zone, currency, first_item, further_item FROM shipping_rates WHERE zone = $1',
      parameters: [zone],
    };
  }

  /** The shipment of an order; whoever changes it has the order locked. */
  askShipment(orderId: string): Question<OrderShipment> {
    return { text: 'SELECT id, status, zone, tracking FROM shipments WHERE order_id = $1', parameters: [orderId] };
  }

  insert(tx: Tx, shipment: OrderShipment, orderId: string): Promise<void> {
    return later(tx, {
      name: 'shipment',
      ctes: 'new_shipment AS (INSERT INTO shipments (id, order_id, zone, status) VALUES ($1, $2, $3, $4))',
      parameters: [shipment.id, orderId, shipment.zone, shipment.status],
    });
  }

  /** Gives a shipment its next status, under the lock of its order. */
  changeStatus(tx: Tx, { id, status }: OrderShipment, before: ShipmentStatus): Promise<void> {
    return later(tx, {
      name: 'shipment',
      ctes: `moved_shipment AS (
        UPDATE shipments SET status = $2, updated_at = now() WHERE id = $1 AND status = $3 RETURNING id)`,
      parameters: [id, status, before],
      must: { cte: 'moved_shipment', rows: 1 },
    });
  }

  /** Moves the shipments of these orders, of those that have one that can move. */
  moveAll(tx: Tx, orderIds: readonly string[], { to, from }: Omit<ShipmentMove, 'tracking'>): Promise<void> {
    return later(tx, {
      name: 'shipment',
      ctes: `moved_shipment AS (
        UPDATE shipments SET status = $2, updated_at = now() WHERE order_id = ANY($1::text[]) AND status = ANY($3::text[]))`,
      parameters: [orderIds, to, from],
    });
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
