import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { DomainError } from '../../kernel/domain-error.js';
import { isDatabaseUnavailable } from '../database/index.js';
import {
  BadRequest,
  InternalError,
  PayloadTooLarge,
  RouteNotFound,
  ServiceUnavailable,
  UnsupportedMediaType,
} from './http.errors.js';
import { type HttpRequest, pathOf } from './http-request.js';
import { presentProblem, PROBLEM_CONTENT_TYPE, statusOf } from './problem.js';

/** The single place where an error becomes an answer. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<HttpRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = toDomainError(thrown, request);
    this.report(error, request);

    const { details } = error;
    if (Array.isArray(details['allowed_methods'])) void reply.header('Allow', details['allowed_methods'].join(', '));
    if (typeof details['retry_after_seconds'] === 'number')
      void reply.header('Retry-After', details['retry_after_seconds']);
    if (error.kind === 'unauthorized') void reply.header('WWW-Authenticate', 'Bearer');
    void reply
      .status(statusOf(error.kind))
      .header('content-type', PROBLEM_CONTENT_TYPE)
      .send(presentProblem(error, { ...request.ids, instance: pathOf(request) }));
  }

  private report(error: DomainError, request: HttpRequest): void {
    if (error.kind !== 'defect' && error.kind !== 'unavailable') return;
    const { cause } = error;
    const facts = { path: pathOf(request), request_id: request.ids.requestId, trace_id: request.ids.traceId };
    const err = cause instanceof Error ? cause : new Error(String(cause));
    if (error.kind === 'defect') this.logger.error({ msg: 'request_failed', ...facts, err });
    else this.logger.warn({ msg: 'request_unavailable', ...facts, reason: err.message });
  }
}

function toDomainError(thrown: unknown, request: HttpRequest): DomainError {
  if (thrown instanceof DomainError) return thrown;
  if (isDatabaseUnavailable(thrown)) return new ServiceUnavailable(thrown);
  const status = statusIn(thrown);
  if (status === undefined || status < 400 || status >= 500) return new InternalError(thrown);
  return refusalOf(status, request);
}

/** What Nest or Fastify refused before any of our code was asked. */
function refusalOf(status: number, request: HttpRequest): DomainError {
  switch (status) {
    case 404:
      return new RouteNotFound(`There is nothing at ${request.method} ${pathOf(request)}.`);
    case 413:
      return new PayloadTooLarge();
    case 415:
      return new UnsupportedMediaType();
    default:
      return new BadRequest('The request is not well-formed.');
  }
}

/** The status that Nest or Fastify attached to an error of their own. */
function statusIn(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) return thrown.getStatus();
  if (typeof thrown !== 'object' || thrown === null || !('statusCode' in thrown)) return undefined;
  return typeof thrown.statusCode === 'number' ? thrown.statusCode : undefined;
}
