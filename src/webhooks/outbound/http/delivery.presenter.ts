import type { Delivery } from '../domain/delivery.js';
import type { DeliverySummary } from '../queries/delivery.query.js';
import type { DeliveryView, DeliveryWithRequestView } from './delivery.view.js';

export function presentDelivery(delivery: DeliverySummary): DeliveryView {
  return {
    id: delivery.id,
    webhook_endpoint_id: delivery.endpointId,
    event_id: delivery.eventId,
    event_type: delivery.eventType,
    status: delivery.status,
    attempts: delivery.attempts,
    next_attempt_at: delivery.nextAttemptAt?.toISOString() ?? null,
    last_attempt_at: delivery.lastAttemptAt?.toISOString() ?? null,
    response_status: delivery.responseStatus,
    response_excerpt: delivery.responseExcerpt,
    duration_ms: delivery.durationMs,
    error: delivery.lastError,
    delivered_at: delivery.deliveredAt?.toISOString() ?? null,
    created_at: delivery.createdAt.toISOString(),
  };
}

export function presentWithRequest(delivery: Delivery): DeliveryWithRequestView {
  const { requestHeaders: headers, body } = delivery;
  return { ...presentDelivery(delivery), request: { headers, body } };
}
