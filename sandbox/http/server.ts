import type { Socket } from 'node:net';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { API_VERSION } from '../api-version.js';
import { errorAnswer } from '../actions/answer.js';
import { randomText } from '../domain/ids.js';
import { StripeApiError } from '../domain/stripe-error.js';
import { unknownError, type Reaction } from './reaction.js';
import type { StripeApi } from './stripe-api.js';
import type { RawCall } from './stripe-call.js';
import type { StripeRoute } from './stripe-route.js';

const BODY_LIMIT_BYTES = 1024 * 1024;

export interface Server {
  readonly app: FastifyInstance;
  /** Closes the connections that faults left without an answer; without it a stop would wait for them for ever. */
  readonly dropHanging: () => void;
}

/** Fastify with Stripe's conventions: request ids, versions, form bodies and errors. Routes come from the caller. */
export function buildServer(api: StripeApi, routes: readonly StripeRoute[]): Server {
  const app = Fastify({ logger: false, bodyLimit: BODY_LIMIT_BYTES, forceCloseConnections: 'idle' });
  const hanging = new Set<Socket>();
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
  app.addHook('onRequest', async (request, reply) => {
    const requestId = `req_${randomText(14)}`;
    void reply.headers({
      'request-id': requestId,
      'stripe-version': textHeader(request, 'stripe-version') ?? API_VERSION,
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'Request-Id, Stripe-Version, Idempotent-Replayed',
    });
  });
  app.setNotFoundHandler((request, reply) => {
    const message = `Unrecognized request URL (${request.method}: ${request.url.split('?')[0] ?? ''}).`;
    send(reply, errorAnswer(404, { type: 'invalid_request_error', message }));
  });
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof StripeApiError) return send(reply, errorAnswer(error.status, error.body));
    const status = statusOf(error);
    if (status >= 500)
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : 'unknown failure'}\n`);
    const message = error instanceof Error ? error.message : 'Bad request';
    send(reply, status >= 500 ? unknownError(500) : errorAnswer(status, { type: 'invalid_request_error', message }));
  });
  for (const route of routes) {
    app.route({
      method: route.method,
      url: route.url,
      handler: async (request, reply) => {
        const reaction = await api.serve(route, rawCall(request, reply));
        return carryOut(reaction, reply, hanging);
      },
    });
  }
  app.options('/v1/*', async (_request, reply) => answerPreflight(reply));
  return { app, dropHanging: () => hanging.forEach((socket) => socket.destroy()) };
}

function rawCall(request: FastifyRequest, reply: FastifyReply): RawCall {
  const id: unknown = Reflect.get(Object(request.params), 'id');
  return {
    method: request.method,
    url: request.url,
    id: typeof id === 'string' ? id : '',
    contentType: request.headers['content-type'],
    body: typeof request.body === 'string' ? request.body : '',
    idempotencyKey: textHeader(request, 'idempotency-key') ?? null,
    authorization: request.headers.authorization,
    requestId: String(reply.getHeader('request-id')),
  };
}

function carryOut(reaction: Reaction, reply: FastifyReply, hanging: Set<Socket>): FastifyReply {
  if (reaction.kind === 'answer') {
    return reply.headers(reaction.headers).status(reaction.status).type('application/json').send(reaction.body);
  }
  reply.hijack();
  const socket = reply.raw.socket;
  if (socket === null) return reply;
  if (reaction.kind === 'reset') {
    socket.resetAndDestroy();
    return reply;
  }
  hanging.add(socket);
  socket.once('close', () => hanging.delete(socket));
  return reply;
}

function send(reply: FastifyReply, answer: { status: number; body: object }): void {
  void reply.status(answer.status).type('application/json').send(JSON.stringify(answer.body));
}

// Browsers confirm payments with a publishable key from the shop's own origin.
function answerPreflight(reply: FastifyReply): FastifyReply {
  const headers = 'Authorization, Content-Type, Idempotency-Key, Stripe-Version';
  return reply
    .headers({ 'access-control-allow-methods': 'GET, POST', 'access-control-allow-headers': headers })
    .status(204)
    .send();
}

function textHeader(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function statusOf(error: unknown): number {
  const status: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'statusCode') : undefined;
  return typeof status === 'number' ? status : 500;
}
