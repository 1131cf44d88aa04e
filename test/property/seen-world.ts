import type { ShopUnderTest } from './shop-under-test.js';
import { newPayment } from './rules/calling.rules.js';
import type { OrderModel, PaymentModel, World } from './world.js';

/**
 * The orders of a world as they really are by now, as far as it has to be known to choose among them. What one cannot see, it
 * leaves as it was.
 */
export async function seenWorld(shop: ShopUnderTest, world: World): Promise<World> {
  const states = await shop.database.query<State>(STATES);
  const orders = world.orders.map((order, place) => {
    const state = states.find(({ id }) => id === shop.orderId(place));
    return state ? seenOrder(order, state) : order;
  });
  return { ...world, orders };
}

interface State {
  readonly id: string;
  readonly status: OrderModel['status'];
  readonly held: boolean;
  readonly payment: PaymentModel['status'] | null;
  readonly captured: number;
  readonly hold: number;
}

const STATES = `
  SELECT o.id, o.status, p.status AS payment, coalesce(p.captured_amount, 0) AS captured,
    coalesce(p.refund_hold, 0) AS hold,
    EXISTS (SELECT FROM reservations r WHERE r.order_id = o.id AND r.status = 'active') AS held
  FROM orders o LEFT JOIN payments p ON p.order_id = o.id`;

function seenOrder(order: OrderModel, { status, held, payment, captured, hold }: State): OrderModel {
  if (payment === null) return { ...order, status, held };
  const before = order.payment ?? newPayment();
  const seen: PaymentModel = { ...before, status: payment, captured, hold, history: historyOf(before, payment) };
  return { ...order, status, held, payment: seen, handedOver: true };
}

/** One entry is enough to choose an event by; the shop finds out how many there really are. */
function historyOf({ history }: PaymentModel, status: PaymentModel['status']): PaymentModel['history'] {
  if (status === 'requires_action' || status === 'processing') return [...history, status];
  return history.length > 0 ? history : ['open'];
}
