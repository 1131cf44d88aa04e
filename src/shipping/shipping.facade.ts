import { Injectable } from '@nestjs/common';
import type { ShippingAddress } from '../kernel/address.js';
import { newId } from '../kernel/id.js';
import type { Question, Tx } from '../platform/database/index.js';
import { normalizeAddress } from './domain/address.js';
import type { OrderShipment, Tracking } from './domain/shipment.js';
import { shipmentMachine, type ShipmentStatus, statusesBefore } from './domain/shipment-state.js';
import { ShippingUnavailable } from './domain/shipping.errors.js';
import { shippingCost, type ShippingRate } from './domain/shipping-rate.js';
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

  /** What has to be asked to price parcels to an address. Without one there are none. */
  askRates(address: ShippingAddress | null): Question<ShippingRate> {
    return this.shipping.askRates(address && zoneOf(normalizeAddress(address)));
  }

  /** The price of a parcel by the rates of its zone. Throws ShippingUnavailable where none is in this currency. */
  quote(rates: readonly ShippingRate[], { address, currency, quantity }: ShippingRequest): ShippingQuote {
    const zone = zoneOf(normalizeAddress(address));
    const rate = rates.find((each) => each.currency === currency);
    if (!rate) throw new ShippingUnavailable(zone, currency);
    return { zone, amount: shippingCost(rate, quantity) };
  }

  /** Opens the shipment of an order, `pending_payment`. */
  async draft(tx: Tx, { orderId, zone }: { readonly orderId: string; readonly zone: Zone }): Promise<OrderShipment> {
    const shipment = { id: newId('shp'), status: shipmentMachine.initial, zone, tracking: null };
    await this.shipping.insert(tx, shipment, orderId);
    return shipment;
  }

  askShipment(orderId: string): Question<OrderShipment> {
    return this.shipping.askShipment(orderId);
  }

  /** The order is paid: its parcel may be packed, unless it is on its way or given up. Call it with the order locked. */
  async makeReady(tx: Tx, shipment: OrderShipment): Promise<OrderShipment> {
    if (!shipmentMachine.allows(shipment.status, 'ready')) return shipment;
    const ready = { ...shipment, status: 'ready' as const };
    await this.shipping.changeStatus(tx, ready, shipment.status);
    return ready;
  }

  /** The same for the parcels of many orders. */
  makeAllReady(tx: Tx, orderIds: readonly string[]): Promise<void> {
    return this.shipping.moveAll(tx, orderIds, { to: 'ready', from: statusesBefore('ready') });
  }

  /** The parcel has left. Answers whether a shipment moved; tracking is kept only then. */
  markShipped(tx: Tx, orderId: string, tracking: Tracking | null): Promise<boolean> {
    return this.move(tx, orderId, 'shipped', tracking);
  }

  /** There will be no parcel. Answers whether a shipment moved: one that was shipped does not. */
  cancel(tx: Tx, orderId: string): Promise<boolean> {
    return this.move(tx, orderId, 'cancelled', null);
  }

  /** There will be no parcels of these orders. */
  cancelAll(tx: Tx, orderIds: readonly string[]): Promise<void> {
    return this.shipping.moveAll(tx, orderIds, { to: 'cancelled', from: statusesBefore('cancelled') });
  }

  private move(tx: Tx, orderId: string, to: ShipmentStatus, tracking: Tracking | null): Promise<boolean> {
    return this.shipping.move(tx, orderId, { to, from: statusesBefore(to), tracking });
  }
}
