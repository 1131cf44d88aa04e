import { domainError } from '../../../kernel/domain-error.js';

export class WebhookUrlRefused extends domainError({
  code: 'webhook_url_refused',
  kind: 'invalid',
  summary: 'Webhooks are not sent to this URL; `reason` says why. Nothing was stored.',
}) {
  constructor(reason: string) {
    super(`The URL of a webhook endpoint ${reason}.`, { field: 'url', reason });
  }
}

export class WebhookEndpointNotFound extends domainError({
  code: 'webhook_endpoint_not_found',
  kind: 'not_found',
  summary: 'There is no such webhook endpoint.',
}) {
  constructor(id: string) {
    super(`There is no webhook endpoint ${id}.`, { webhook_endpoint_id: id });
  }
}

export class WebhookEndpointLimitReached extends domainError({
  code: 'webhook_endpoint_limit_reached',
  kind: 'conflict',
  summary: 'There are as many webhook endpoints as there may be. Delete one first.',
}) {
  constructor(limit: number) {
    super(`There may be ${limit} webhook endpoints, and there are.`, { limit });
  }
}

export class WebhookEndpointDisabled extends domainError({
  code: 'webhook_endpoint_disabled',
  kind: 'conflict',
  summary: 'Nothing is sent to a disabled webhook endpoint. Enable it first.',
}) {
  constructor(id: string) {
    super(`The webhook endpoint ${id} is disabled.`, { webhook_endpoint_id: id });
  }
}

export class WebhookDeliveryNotFound extends domainError({
  code: 'webhook_delivery_not_found',
  kind: 'not_found',
  summary: 'There is no such delivery.',
}) {
  constructor(id: string) {
    super(`There is no delivery ${id}.`, { delivery_id: id });
  }
}

export class WebhookReplayTooLarge extends domainError({
  code: 'webhook_replay_too_large',
  kind: 'invalid',
  summary: 'The range holds more events than one replay may send again. Nothing was sent; ask for a shorter range.',
}) {
  constructor(limit: number) {
    super(`The range holds more than ${limit} events.`, { limit });
  }
}
