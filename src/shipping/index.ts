// What a parcel costs by its zone, and the parcel of an order from draft to shipped.
// Never talks to a carrier, and never changes an order.
export type { ShippingAddress } from '../kernel/address.js';
export { addressFaults, type AddressFault, normalizeAddress } from './domain/address.js';
export type { OrderShipment, Shipment, Tracking } from './domain/shipment.js';
export type { ShipmentStatus } from './domain/shipment-state.js';
export type { ShippingRate } from './domain/shipping-rate.js';
export { ShippingUnavailable } from './domain/shipping.errors.js';
export type { Zone } from './domain/zone.js';
export { ShippingFacade, type ShippingQuote, type ShippingRequest } from './shipping.facade.js';
export { ShippingModule } from './shipping.module.js';
