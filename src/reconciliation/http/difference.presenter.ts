import type { Difference } from '../domain/difference.js';
import type { PresentedDifference } from './difference.view.js';

export function presentDifference(difference: Difference): PresentedDifference {
  return {
    id: difference.id,
    object: difference.object,
    kind: difference.kind,
    provider_id: difference.providerId,
    subject_id: difference.subjectId,
    order_id: difference.orderId,
    here: difference.here,
    at_stripe: difference.atStripe,
    status: difference.status,
    found_at: difference.foundAt.toISOString(),
    seen_at: difference.seenAt.toISOString(),
    resolved_at: difference.resolvedAt?.toISOString() ?? null,
  };
}
