import type { FastifyReply } from 'fastify';
import { Answer } from '../idempotency/index.js';
import { PROBLEM_CONTENT_TYPE } from './problem.js';

const JSON_CONTENT_TYPE = 'application/json; charset=utf-8';

/**
 * Sends a recorded answer byte for byte; any other payload is left as it is. A step of Fastify's and no interceptor of Nest's:
 * where there is one of these, each request goes through five observables. It comes after Nest has set the route's status.
 */
export function sendRecorded(payload: unknown, reply: FastifyReply): void {
  if (!(payload instanceof Answer)) return;
  const { status, body, replayed } = payload;
  void reply.code(status).header('content-type', status < 400 ? JSON_CONTENT_TYPE : PROBLEM_CONTENT_TYPE);
  if (replayed) void reply.header('Idempotent-Replayed', 'true');
  void reply.serializer(() => body);
}
