import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { FAULT_KINDS } from '../faults.js';
import { readBody, type ControlParts } from './control-parts.js';

const MAX_DELAY_MS = 600_000;

const faultRule = z.strictObject({
  kind: z.enum(FAULT_KINDS),
  match: z
    .strictObject({
      method: z.string(),
      path: z.string(),
      payment_method: z.string(),
      metadata_order_id: z.string(),
    })
    .partial()
    .default({}),
  decline_code: z
    .string()
    .regex(/^[a-z_]{1,40}$/)
    .default('generic_decline'),
  delay_ms: z.int().min(0).max(MAX_DELAY_MS).default(1000),
  status: z.int().min(500).max(599).default(500),
  replay: z.enum(['error', 'result']).default('error'),
  times: z.union([z.int().min(1), z.literal('always')]).default(1),
  probability: z.number().min(0).max(1).default(1),
  seed: z.int().optional(),
});

export function faultRoutes(app: FastifyInstance, { faults }: ControlParts): void {
  app.post('/faults', (request) => ({ id: faults.add(readBody(faultRule, request.body)) }));
  app.get('/faults', () => ({ faults: faults.list() }));
  app.delete('/faults', () => {
    faults.clear();
    return { faults: [] };
  });
}
