// The promise to a buyer and its life: what was sold at which price, and every change of it.
// Never takes or returns money itself, and never counts stock.
export {
  acceptPayment,
  cancelOrder,
  disputeOrder,
  failPayment,
  loseHold,
  notePayment,
  type OrderChange,
  payOrder,
  refundOrder,
  requireTransition,
  takeRefundBack,
} from './domain/order-change.js';
export { ORDER_EVENTS } from './domain/order.events.js';
export { AmountTooLarge, InvalidTransition, OrderAlreadyPaid, OrderNotFound } from './domain/order.errors.js';
export type { FreshOrder, NewOrder, NewOrderItem, OrderPlace } from './domain/new-order.js';
export type { ItemOfOrder, Order, OrderInHand, OrderItem, PaymentProvider } from './domain/order.js';
export { heldLines } from './domain/order.js';
export { ORDER_TRANSITIONS, type OrderStatus, type PaymentStatus } from './domain/order-state.js';
export { type Totals, totalsOf } from './domain/pricing.js';
export { orderId } from './http/orders.controller.js';
export { presentOrder } from './http/order.presenter.js';
export { PresentedOrder } from './http/order.view.js';
export { OrdersFacade } from './orders.facade.js';
export { OrdersModule } from './orders.module.js';
export { OrderQuery } from './queries/order.query.js';
export type { OrderView } from './queries/order-view.js';
export { RefusedMoves } from './use-cases/refused-moves.js';
