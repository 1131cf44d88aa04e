import { stateMachine } from '../../kernel/state-machine.js';

export const SHIPMENT_STATUSES = ['pending_payment', 'ready', 'shipped', 'cancelled'] as const;
export type ShipmentStatus = (typeof SHIPMENT_STATUSES)[number];

export const shipmentMachine = stateMachine<ShipmentStatus>('pending_payment', {
  pending_payment: ['ready', 'cancelled'],
  ready: ['shipped', 'cancelled'],
  shipped: [],
  cancelled: [],
});

/** The states from which a shipment may become `to`. */
export function statusesBefore(to: ShipmentStatus): ShipmentStatus[] {
  return SHIPMENT_STATUSES.filter((from) => shipmentMachine.allows(from, to));
}
