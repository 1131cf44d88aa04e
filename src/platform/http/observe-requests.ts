import { Logger } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Metrics } from '../observability/metrics.js';
import { pathOf } from './http-request.js';

/** Probes and scrapes ask every few seconds and say nothing about the business. */
const UNLOGGED = new Set(['/health', '/health/ready', '/metrics']);

/**
 * Writes one log line for every answer and measures it under its route template: paths with ids in them would make a new
 * series each. A hook, because a middleware of Nest's would run before the route is known.
 */
export function observeRequests(fastify: Pick<FastifyInstance, 'addHook'>, metrics: Metrics): void {
  const logger = new Logger('Http');
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    const { statusCode: status, elapsedTime } = reply;
    metrics.observeRequest({ method: request.method, route, status, seconds: elapsedTime / 1_000 });
    if (!UNLOGGED.has(route)) logAnswer(logger, request, reply);
    done();
  });
}

function logAnswer(logger: Logger, request: FastifyRequest, reply: FastifyReply): void {
  const line = {
    msg: 'request',
    method: request.method,
    path: pathOf(request),
    status: reply.statusCode,
    duration_ms: Math.round(reply.elapsedTime * 10) / 10,
    actor_id: request.principal?.id,
    trace_id: request.ids.traceId,
    request_id: request.ids.requestId,
  };
  if (reply.statusCode >= 500) logger.error(line);
  else logger.log(line);
}
