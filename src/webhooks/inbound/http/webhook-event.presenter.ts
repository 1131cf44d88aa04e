import type { WebhookEventView } from '../queries/webhook-event-list.query.js';

export function presentWebhookEvent(event: WebhookEventView): object {
  return {
    id: event.id,
    provider_event_id: event.providerEventId,
    type: event.type,
    status: event.status,
    attempts: event.attempts,
    received_at: event.receivedAt.toISOString(),
  };
}
