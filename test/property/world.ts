/** The cards of the property tests, and what Stripe does when an intent is confirmed with one. */
export const METHODS = {
  visa: { name: 'pm_card_visa', leadsTo: 'succeeded' },
  declined: { name: 'pm_card_chargeDeclined', leadsTo: 'declined' },
  threeDSecure: { name: 'pm_card_authenticationRequired', leadsTo: 'requires_action' },
  bankDebit: { name: 'pm_usBankAccount_processing', leadsTo: 'processing' },
} as const;
export type Method = keyof typeof METHODS;

/** How an intent stands at Stripe. */
export type Standing = 'open' | 'requires_action' | 'processing' | 'succeeded' | 'declined' | 'canceled';

/** `product` is its place in {@link World.products}. */
export interface Line {
  readonly product: number;
  readonly quantity: number;
}

/** A call to Stripe whose answer the service did not hear. */
export interface UnheardCall {
  readonly action: 'create' | 'confirm' | 'cancel';
  readonly method: Method | null;
  /** Whether Stripe did the work. */
  readonly executed: boolean;
  /** What the idempotency key gives again: the 5xx, or the true result. */
  readonly replay: 'error' | 'result';
  /** The place in the intent's history of what the work came to. */
  readonly at: number;
  /** Why the order is given up, for a `cancel`. */
  readonly reason: string | null;
}

export interface RefundModel {
  readonly amount: number;
  /** Units by line. */
  readonly units: readonly number[];
  readonly restock: boolean;
  status: 'requested' | 'submitted' | 'succeeded';
  /** Whether Stripe made it, though the answer was lost. */
  isMade: boolean;
}

export interface PaymentModel {
  /** As the service knows it. */
  status: 'pending' | 'processing' | 'requires_action' | 'succeeded' | 'failed' | 'canceled';
  captured: number;
  hold: number;
  /** Everything that the intent has been at Stripe; each entry has its event. Empty where there is no intent. */
  readonly history: Standing[];
  /** The place in `history` of the latest that the service has heard of; -1: of nothing. */
  known: number;
  /** Places in `history` whose events were delivered. */
  readonly delivered: number[];
  call: UnheardCall | null;
  /** Whether the last call to Stripe, heard or not, was to give the intent up. */
  wasGivenUp: boolean;
  readonly refunds: RefundModel[];
}

export interface OrderModel {
  readonly customer: number;
  readonly provider: 'stripe' | 'manual';
  readonly fromCart: boolean;
  /** One line a product, by place of the product. */
  readonly lines: readonly Line[];
  readonly total: number;
  status: 'created' | 'payment_failed' | 'paid' | 'fulfilled' | 'cancelled' | 'refunded' | 'archived';
  paymentStatus: 'unpaid' | 'processing' | 'requires_action' | 'paid' | 'partially_refunded' | 'refunded' | 'failed';
  shipped: boolean;
  cancelReason: string | null;
  /** Whether a reservation of it is active. */
  held: boolean;
  refundedAmount: number;
  readonly refunded: number[];
  readonly restocked: number[];
  payment: PaymentModel | null;
  /** Whether the client was given the secret of the intent. */
  handedOver: boolean;
}

/** All that the tests believe about the shop. */
export interface World {
  readonly products: { readonly unitPrice: number; onHand: number }[];
  readonly carts: Line[][];
  readonly orders: OrderModel[];
}

/** What may come of a move: the answer as `status code-or-state`, and the world after it. */
export interface Outcome {
  readonly answer: string;
  readonly world: World;
}

/** Another world, which `change` may change. */
export function after(world: World, change: (next: World) => void): World {
  const next = structuredClone(world);
  change(next);
  return next;
}

export function orderAt(world: World, place: number): OrderModel {
  const order = world.orders[place];
  if (!order) throw new Error(`there is no order ${place}`);
  return order;
}

export function productAt(world: World, place: number): World['products'][number] {
  const product = world.products[place];
  if (!product) throw new Error(`there is no product ${place}`);
  return product;
}

export function reservedOf(world: World, product: number): number {
  return world.orders
    .filter((order) => order.held)
    .flatMap((order) => order.lines)
    .reduce((units, line) => (line.product === product ? units + line.quantity : units), 0);
}

/** Whether all of the lines can be had at once. */
export function areAvailable(world: World, lines: readonly Line[]): boolean {
  return lines.every(
    ({ product, quantity }) => productAt(world, product).onHand - reservedOf(world, product) >= quantity,
  );
}

/** Whether money for the order is still awaited. */
export function isWaiting({ status }: OrderModel): boolean {
  return status === 'created' || status === 'payment_failed';
}

/** The answer that shows an order as it is. */
export function shown(status: number, order: OrderModel): string {
  return `${status} ${order.status}/${order.paymentStatus}`;
}
