import { Injectable } from '@nestjs/common';
import type { ShippingAddress } from '../kernel/address.js';
import { newId, type ShipmentId } from '../kernel/id.js';
import type { Tx } from '../platform/database/index.js';
import { normalizeAddress } from './domain/address.js';
import type { Tracking } from './domain/shipment.js';
import { type ShipmentStatus, statusesBefore } from './domain/shipment-state.js';
import { ShippingUnavailable } from './domain/shipping.errors.js';
import { shippingCost } from './domain/shipping-rate.js';
import { type Zone, zoneOf } from './domain/zone.js';
import { ShippingRepository } from './persistence/shipping.repository.js';

export interface ShippingRequest {
  /** Without faults, see `addressFaults`. */
  readonly address: ShippingAddress;
  /** ISO 4217, lower case. */
  readonly currency: string;
  /** Units in all lines together, one at least. */
  readonly quantity: number;
}

export interface ShippingQuote {
  readonly zone: Zone;
  /** Minor units of the currency that was asked for. */
  readonly amount: number;
}

/** What upper floors may do with parcels in their transaction. An order without an address has no shipment. */
@Injectable()
export class ShippingFacade {
  constructor(private readonly shipping: ShippingRepository) {}

  /** The price of a parcel. Throws ShippingUnavailable where the table has no rate for the zone in this currency. */
  async quote(tx: Tx, { address, currency, quantity }: ShippingRequest): Promise<ShippingQuote> {
    const zone = zoneOf(normalizeAddress(address));
    const rate = await this.shipping.findRate(tx, zone, currency);
    if (!rate) throw new ShippingUnavailable(zone, currency);
    return { zone, amount: shippingCost(rate, quantity) };
  }

  /** Opens the shipment of an order, `pending_payment`. */
  async draft(tx: Tx, shipment: { readonly orderId: string; readonly zone: Zone }): Promise<ShipmentId> {
    const id = newId('shp');
    await this.shipping.insert(tx, { id, orderId: shipment.orderId, zone: shipment.zone });
    return id;
  }

  /** The order is paid: its parcel may be packed. Answers whether a shipment moved. */
  markReady(tx: Tx, orderId: string): Promise<boolean> {
    return this.move(tx, orderId, 'ready', null);
  }

  /** The parcel has left. Answers whether a shipment moved; tracking is kept only then. */
  markShipped(tx: Tx, orderId: string, tracking: Tracking | null): Promise<boolean> {
    return this.move(tx, orderId, 'shipped', tracking);
  }

  /** There will be no parcel. Answers whether a shipment moved: one that was shipped does not. */
  cancel(tx: Tx, orderId: string): Promise<boolean> {
    return this.move(tx, orderId, 'cancelled', null);
  }

  private move(tx: Tx, orderId: string, to: ShipmentStatus, tracking: Tracking | null): Promise<boolean> {
    return this.shipping.move(tx, orderId, { to, from: statusesBefore(to), tracking });
  }
}
