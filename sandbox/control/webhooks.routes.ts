import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { invalidRequest, resourceMissing } from '../domain/stripe-error.js';
import { WEBHOOK_MODES } from '../webhooks/endpoint.js';
import { readBody, type ControlParts } from './control-parts.js';

const endpoint = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  secret: z.string().min(1),
  mode: z.enum(WEBHOOK_MODES).default('normal'),
  duplicates: z.int().min(1).max(20).default(1),
  seed: z.int().optional(),
});

export function webhookRoutes(app: FastifyInstance, { account, webhooks }: ControlParts): void {
  app.post('/webhooks', (request) => {
    if (!webhooks.configure(readBody(endpoint, request.body))) throw invalidRequest('At most 16 webhook endpoints.');
    return { endpoints: webhooks.list() };
  });
  app.get('/webhooks', () => ({ endpoints: webhooks.list() }));
  app.post('/webhooks/flush', async () => ({ released: await webhooks.flush() }));
  app.post<{ Params: { id: string } }>('/events/:id/deliver', async ({ params: { id } }) => {
    if (account.presentEvent(id) === undefined) throw resourceMissing('event', id, 'id');
    return { deliveries: await webhooks.sendNow(id) };
  });
}
