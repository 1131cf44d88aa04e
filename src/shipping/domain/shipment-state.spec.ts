import { SHIPMENT_STATUSES, shipmentMachine, type ShipmentStatus, statusesBefore } from './shipment-state.js';

const ALLOWED: readonly (readonly [ShipmentStatus, ShipmentStatus])[] = [
  ['pending_payment', 'ready'],
  ['pending_payment', 'cancelled'],
  ['ready', 'shipped'],
  ['ready', 'cancelled'],
];

describe('the states of a shipment', () => {
  const pairs = SHIPMENT_STATUSES.flatMap((from) => SHIPMENT_STATUSES.map((to) => [from, to] as const));

  it.each(pairs)('from %s to %s', (from, to) => {
    const allowed = ALLOWED.some(([one, other]) => one === from && other === to);

    expect(shipmentMachine.allows(from, to)).toBe(allowed);
  });

  it('can be read backwards', () => {
    expect(statusesBefore('cancelled')).toEqual(['pending_payment', 'ready']);
    expect(statusesBefore('ready')).toEqual(['pending_payment']);
    expect(statusesBefore('shipped')).toEqual(['ready']);
    expect(statusesBefore('pending_payment')).toEqual([]);
  });
});
