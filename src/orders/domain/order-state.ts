import { stateMachine } from '../../kernel/state-machine.js';

export const ORDER_STATUSES = [
  'created',
  'payment_failed',
  'paid',
  'fulfilled',
  'cancelled',
  'refunded',
  'archived',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** Every move that an order may make. docs/order-lifecycle.md is drawn from this table. */
export const ORDER_TRANSITIONS = {
  created: ['paid', 'payment_failed', 'cancelled'],
  payment_failed: ['paid', 'cancelled'],
  paid: ['fulfilled', 'refunded'],
  fulfilled: ['archived'],
  cancelled: [],
  refunded: [],
  archived: [],
} as const satisfies Readonly<Record<OrderStatus, readonly OrderStatus[]>>;

export const orderMachine = stateMachine<OrderStatus>('created', ORDER_TRANSITIONS);

export const PAYMENT_STATUSES = [
  'unpaid',
  'processing',
  'requires_action',
  'authorized',
  'paid',
  'partially_refunded',
  'refunded',
  'failed',
  'review',
] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

export const FULFILLMENT_STATUSES = ['unfulfilled', 'shipped'] as const;
export type FulfillmentStatus = (typeof FULFILLMENT_STATUSES)[number];
