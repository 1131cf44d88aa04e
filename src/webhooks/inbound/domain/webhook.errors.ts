import { domainError } from '../../../kernel/domain-error.js';

export class WebhookSignatureInvalid extends domainError({
  code: 'webhook_signature_invalid',
  kind: 'unauthorized',
  summary:
    'The `Stripe-Signature` header is missing, made with another secret or over another body, or more than 300 s away from now. Nothing was stored.',
}) {
  constructor() {
    super('The Stripe-Signature header does not fit this body, this endpoint’s secret and the present time.');
  }
}

export class WebhookEventInvalid extends domainError({
  code: 'webhook_event_invalid',
  kind: 'bad_request',
  summary: 'The body is signed and JSON, but not an event with `id`, `type`, `created` and `data.object`.',
}) {
  constructor() {
    super('The body is not an event of Stripe: id, type, created and data.object are required.');
  }
}

export class WebhookEventNotFound extends domainError({
  code: 'webhook_event_not_found',
  kind: 'not_found',
  summary: 'There is no such webhook event.',
}) {
  constructor(id: string) {
    super(`There is no webhook event ${id}.`, { webhook_event_id: id });
  }
}
