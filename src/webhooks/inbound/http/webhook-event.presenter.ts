import type { WebhookEventView } from '../queries/webhook-event-list.query.js';
import type { PresentedWebhookEvent } from './webhook-event.view.js';

export function presentWebhookEvent(event: WebhookEventView): PresentedWebhookEvent {
  return {
    id: event.id,
    provider_event_id: event.providerEventId,
    type: event.type,
    status: event.status,
    attempts: event.attempts,
    received_at: event.receivedAt.toISOString(),
    provider: event.provider,
    last_error: event.lastError,
  };
}
