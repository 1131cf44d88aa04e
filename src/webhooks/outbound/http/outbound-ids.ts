import { IdPipe } from '../../../platform/http/index.js';
import { WebhookDeliveryNotFound, WebhookEndpointNotFound } from '../domain/outbound.errors.js';

export const webhookEndpointId = new IdPipe('whe', (id) => new WebhookEndpointNotFound(id));
export const deliveryId = new IdPipe('del', (id) => new WebhookDeliveryNotFound(id));
