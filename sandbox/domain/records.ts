import type Stripe from 'stripe';
import type { EventType } from './event-types.js';
import type { IntentStatus } from './intent-states.js';

/** A PaymentIntent as this sandbox keeps it: Stripe's shape, with ids instead of expanded objects. */
export interface Intent extends Stripe.PaymentIntent {
  readonly status: IntentStatus;
  readonly client_secret: string;
  readonly latest_charge: string | null;
  readonly payment_method: string | null;
  readonly capture_method: 'automatic' | 'manual';
}

export type ChargeStatus = 'succeeded' | 'failed' | 'pending';

export interface Charge extends Stripe.Charge {
  readonly status: ChargeStatus;
  readonly payment_intent: string;
}

export const REFUND_STATUSES = ['pending', 'requires_action', 'succeeded', 'failed', 'canceled'] as const;
export type RefundStatus = (typeof REFUND_STATUSES)[number];

export interface Refund extends Stripe.Refund {
  readonly status: RefundStatus;
  readonly charge: string;
  readonly payment_intent: string;
  readonly metadata: Stripe.Metadata;
}

export interface Dispute extends Stripe.Dispute {
  readonly charge: string;
  readonly payment_intent: string;
}

export type EventObject = Intent | Charge | Refund | Dispute;

/** Stripe's event shape. `data.object` is the object as it was when the event happened. */
export interface SandboxEvent {
  readonly id: string;
  readonly object: 'event';
  readonly api_version: string;
  readonly created: number;
  readonly data: { readonly object: EventObject; readonly previous_attributes?: Record<string, unknown> };
  readonly livemode: false;
  readonly pending_webhooks: number;
  readonly request: { readonly id: string | null; readonly idempotency_key: string | null };
  readonly type: EventType;
}

/** Rows of the sandbox's tables; the journal is made of them. Times that end in `Ms` are Unix milliseconds. */
export interface Tables {
  payment_intent: Intent;
  charge: Charge;
  refund: {
    readonly refund: Refund;
    readonly settles: { readonly status: 'succeeded' | 'failed'; readonly atMs: number } | null;
  };
  dispute: Dispute;
  payment_method: { readonly method: Stripe.PaymentMethod; readonly testMethod: string };
  event: { readonly event: SandboxEvent; readonly urls: readonly string[] };
  /** Keyed by event id and URL. */
  delivery: { readonly state: 'delivered' | 'failed' };
  idempotency: IdempotencyRow;
  /** Keyed by `METHOD route`. */
  call: { readonly count: number };
}

export interface IdempotencyRow {
  readonly fingerprint: string;
  readonly status: number;
  readonly body: string;
  readonly requestId: string;
  readonly atMs: number;
}

export type TableName = keyof Tables;
export type Rows = { readonly [K in TableName]: Map<string, Tables[K]> };

export function emptyRows(): Rows {
  return {
    payment_intent: new Map(),
    charge: new Map(),
    refund: new Map(),
    dispute: new Map(),
    payment_method: new Map(),
    event: new Map(),
    delivery: new Map(),
    idempotency: new Map(),
    call: new Map(),
  };
}

export const TABLE_NAMES = [
  'payment_intent',
  'charge',
  'refund',
  'dispute',
  'payment_method',
  'event',
  'delivery',
  'idempotency',
  'call',
] as const satisfies readonly TableName[];
