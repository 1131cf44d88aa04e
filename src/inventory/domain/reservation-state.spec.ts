import { RESERVATION_STATUSES, reservationMachine } from './reservation-state.js';

describe('the states of a reservation', () => {
  const pairs = RESERVATION_STATUSES.flatMap((from) => RESERVATION_STATUSES.map((to) => [from, to] as const));

  it.each(pairs)('from %s to %s', (from, to) => {
    const allowed = from === 'active' && to !== 'active';

    expect(reservationMachine.allows(from, to)).toBe(allowed);
  });
});
