import { stateMachine } from '../../kernel/state-machine.js';

export const REFUND_STATUSES = ['requested', 'submitted', 'pending', 'succeeded', 'failed', 'canceled'] as const;
export type RefundStatus = (typeof REFUND_STATUSES)[number];

/** A refund may still fail after it had succeeded: banks send money back. A failed one can be begun anew. */
export const REFUND_TRANSITIONS = {
  requested: ['submitted', 'succeeded', 'failed', 'canceled'],
  submitted: ['pending', 'succeeded', 'failed', 'canceled'],
  pending: ['succeeded', 'failed', 'canceled'],
  succeeded: ['failed', 'canceled'],
  failed: ['requested'],
  canceled: ['requested'],
} as const satisfies Readonly<Record<RefundStatus, readonly RefundStatus[]>>;

export const refundMachine = stateMachine<RefundStatus>('requested', REFUND_TRANSITIONS);

/** Whether the money is given back or may still be: such a refund counts against what was captured. */
export function isLive(status: RefundStatus): boolean {
  return status !== 'failed' && status !== 'canceled';
}
