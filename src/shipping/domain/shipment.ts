import type { ShipmentId } from '../../kernel/id.js';
import type { ShipmentStatus } from './shipment-state.js';
import type { Zone } from './zone.js';

/** How the parcel can be followed, as it is stored and shown. */
export interface Tracking {
  readonly carrier?: string | undefined;
  readonly number: string;
  readonly url?: string | undefined;
}

/** What an order knows of its parcel. */
export type OrderShipment = Pick<Shipment, 'id' | 'status' | 'zone' | 'tracking'>;

/** The parcel of an order, from its draft to its way. */
export interface Shipment {
  readonly id: ShipmentId;
  readonly orderId: string;
  readonly zone: Zone;
  readonly status: ShipmentStatus;
  readonly tracking: Tracking | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
