import { requireTransition } from './order-change.js';
import { ORDER_STATUSES, orderMachine, type OrderStatus } from './order-state.js';

const id = 'ord_01kaf5d3m0e9wtsz1v5b7x2y4q';

const ALLOWED: ReadonlySet<string> = new Set([
  'created → paid',
  'created → payment_failed',
  'created → cancelled',
  'payment_failed → paid',
  'payment_failed → cancelled',
  'paid → fulfilled',
  'paid → refunded',
  'fulfilled → archived',
]);

const pairs = ORDER_STATUSES.flatMap((from) => ORDER_STATUSES.map((to): [OrderStatus, OrderStatus] => [from, to]));
const isAllowed = ([from, to]: [OrderStatus, OrderStatus]) => ALLOWED.has(`${from} → ${to}`);
const isPaidAgain = ([from, to]: [OrderStatus, OrderStatus]) =>
  to === 'paid' && (from === 'paid' || from === 'fulfilled');

const allowed = pairs.filter(isAllowed);
const paidAgain = pairs.filter(isPaidAgain);
const refused = pairs.filter((pair) => !isAllowed(pair) && !isPaidAgain(pair));

//
describe('the moves of an order', () => {
  it('are looked at pair by pair, none left out', () => {
    expect([allowed.length, paidAgain.length, refused.length]).toEqual([8, 2, 39]);
  });

  it.each(allowed)('from %s to %s: allowed', (from, to) => {
    expect(orderMachine.allows(from, to)).toBe(true);
    expect(() => requireTransition({ id, status: from }, to)).not.toThrow();
  });

  it.each(refused)('from %s to %s: refused in the agreed words', (from, to) => {
    expect(orderMachine.allows(from, to)).toBe(false);
    expect(() => requireTransition({ id, status: from }, to)).toThrow(
      expect.objectContaining({
        code: 'invalid_transition',
        kind: 'refused',
        message: `Cannot transition from '${from}' to '${to}'`,
        details: { order_id: id, current_status: from, requested_status: to },
      }),
    );
  });

  //
  it.each(paidAgain)('from %s to %s: told as paid already', (from, to) => {
    expect(() => requireTransition({ id, status: from }, to)).toThrow(
      expect.objectContaining({ code: 'order_already_paid', kind: 'refused', details: { order_id: id } }),
    );
  });
});

describe('the ends of an order', () => {
  it.each<OrderStatus>(['cancelled', 'refunded', 'archived'])('%s leads nowhere', (status) => {
    expect(orderMachine.isTerminal(status)).toBe(true);
    expect(orderMachine.next(status)).toEqual([]);
  });

  it.each<OrderStatus>(['created', 'payment_failed', 'paid', 'fulfilled'])('%s leads on', (status) => {
    expect(orderMachine.isTerminal(status)).toBe(false);
  });
});
