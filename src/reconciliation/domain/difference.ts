import type { Id } from '../../kernel/id.js';

export type DifferenceId = Id<'dif'>;

/** What is compared: money that came, or money that went back. */
export const COMPARED_OBJECTS = ['payment', 'refund'] as const;
export type ComparedObject = (typeof COMPARED_OBJECTS)[number];

export const DIFFERENCE_KINDS = [
  /** Stripe has it and our books do not. */
  'missing_here',
  'missing_at_stripe',
  'status',
  'amount',
  'currency',
] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

export const DIFFERENCE_STATUSES = [
  'open',
  /** A later look no longer found it. */
  'resolved',
] as const;
export type DifferenceStatus = (typeof DIFFERENCE_STATUSES)[number];

/** What one side says of a payment or a refund. `amount` is minor units: of a payment, what was captured. */
export interface Entry {
  readonly amount: number;
  readonly currency: string;
  readonly status: string;
}

/** One disagreement between our books and Stripe's, as an admin sees it. */
export interface Difference {
  readonly id: DifferenceId;
  readonly object: ComparedObject;
  readonly kind: DifferenceKind;
  /** The id at Stripe: of the intent, of the refund, or of a charge that has no intent. */
  readonly providerId: string;
  /** Our payment or refund; null where there is none. */
  readonly subjectId: string | null;
  readonly orderId: string | null;
  readonly here: Entry | null;
  readonly atStripe: Entry | null;
  readonly status: DifferenceStatus;
  readonly foundAt: Date;
  /** When it was last seen to be there. */
  readonly seenAt: Date;
  readonly resolvedAt: Date | null;
}
