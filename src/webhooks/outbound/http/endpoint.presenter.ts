import type { WebhookEndpoint } from '../domain/endpoint.js';
import type { WebhookEndpointView, WebhookEndpointWithSecretView } from './endpoint.view.js';

export function presentEndpoint(endpoint: WebhookEndpoint): WebhookEndpointView {
  return {
    id: endpoint.id,
    url: endpoint.url,
    event_types: [...endpoint.eventTypes],
    description: endpoint.description,
    enabled: endpoint.enabled,
    disabled_reason: endpoint.disabledReason,
    disabled_at: endpoint.disabledAt?.toISOString() ?? null,
    failing_since: endpoint.failingSince?.toISOString() ?? null,
    paused_until: endpoint.pausedUntil?.toISOString() ?? null,
    previous_secret_until: endpoint.previousSecretUntil?.toISOString() ?? null,
    created_at: endpoint.createdAt.toISOString(),
    updated_at: endpoint.updatedAt.toISOString(),
  };
}

export function presentWithSecret(made: {
  readonly endpoint: WebhookEndpoint;
  readonly secret: string;
}): WebhookEndpointWithSecretView {
  return { ...presentEndpoint(made.endpoint), secret: made.secret };
}
