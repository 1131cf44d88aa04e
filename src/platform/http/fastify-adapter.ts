import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, RawServerDefault } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Config } from '../config/index.js';
import { MethodNotAllowed, RouteNotFound } from './http.errors.js';
import { pathOf } from './http-request.js';
import { parseJson } from './parse-json.js';
import { allowLargeRawBody } from './raw-body.decorator.js';
import { sendRecorded } from './recorded-answer.js';
import { identifyRequest } from './request-ids.js';
import { RouteMap } from './route-map.js';
import { requireStorable } from './storable.js';
import { refuseBadUrl, refuseUnreadable } from './unreadable-request.js';
import { closeUnusedConnections } from './unused-connections.js';

const BODY_LIMIT_BYTES = 256 * 1024;
/** More than a whole head of a request may have: an id that is too long is no id, and the routes say so. */
const LONGEST_PATH_MEMBER = 16_384;
/** The proxy right before us. What stands further left in X-Forwarded-For the client may have written himself. */
const TRUSTED_PROXIES = 1;
const KEEP_ALIVE_MS = 72_000;
const REQUEST_TIMEOUT_MS = 30_000;

type Fastify = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse>;

/** The HTTP server below Nest: ids on every request, our own body parser, and 405 where only the method is wrong. */
export function createFastifyAdapter(config: Config): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    trustProxy: config.TRUST_PROXY === 'true' && ((_address: string, hop: number) => hop < TRUSTED_PROXIES),
    routerOptions: { maxParamLength: LONGEST_PATH_MEMBER, ignoreTrailingSlash: false },
    rewriteUrl: prefixRemover(config.HTTP_PREFIX),
    frameworkErrors: refuseBadUrl,
    clientErrorHandler: refuseUnreadable,
  });
  const fastify = adapter.getInstance<Fastify>();
  decorate(fastify);
  acceptJson(fastify);
  closeUnusedConnections(fastify);
  return adapter;
}

/** Answers for paths and methods that no route has. Call it before Nest registers its own handler. */
export function answerUnknownRoutes(fastify: Fastify): void {
  const routes = new RouteMap();
  fastify.addHook('onRoute', (route) => routes.add([route.method].flat(), route.url));
  fastify.addHook('preHandler', (request, _reply, done) => {
    if (!request.is404) return done();
    const allowed = routes.methodsAt(pathOf({ originalUrl: request.url }));
    if (allowed.length > 0) return done(new MethodNotAllowed(request.method, allowed));
    return done(new RouteNotFound(`There is nothing at ${request.method} ${pathOf(request)}.`));
  });
}

function decorate(fastify: Fastify): void {
  fastify.decorateRequest('ids');
  fastify.decorateRequest('rawBody');
  fastify.decorateRequest('principal');
  fastify.addHook('onRoute', allowLargeRawBody);
  fastify.addHook('onRequest', (request, reply, done) => {
    request.ids = identifyRequest(request.headers);
    void reply.header('X-Trace-ID', request.ids.traceId).header('X-Request-Id', request.ids.requestId);
    done();
  });
  fastify.addHook('preValidation', (request, _reply, done) => {
    // A route without required members works without a body; the DTO says what is missing where there are some.
    if (request.method !== 'GET' && (request.body === undefined || request.body === null)) request.body = {};
    done(faultOf(request.query));
  });
  fastify.addHook('preSerialization', (_request, reply, payload, done) => {
    sendRecorded(payload, reply);
    done(null, payload);
  });
}

/** The refusal of a query that no route could look up, if it is one. */
function faultOf(query: unknown): Error | undefined {
  try {
    requireStorable(query);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The exact bytes are kept beside the parsed body: webhook signatures are made over them. */
function acceptJson(fastify: Fastify): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    request.rawBody = body;
    try {
      done(null, request.routeOptions.config.rawBody === true ? undefined : parseJson(body));
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

/** Behind a gateway that keeps its path prefix, routes answer under it; health and metrics answer without it as well. */
function prefixRemover(prefix: string) {
  return (request: { url?: string | undefined }): string => {
    const url = request.url ?? '/';
    if (prefix === '') return url;
    if (url.startsWith(`${prefix}/`)) return url.slice(prefix.length);
    return /^\/(health|metrics)(?:[/?]|$)/.test(url) ? url : `/outside-of-prefix${url}`;
  };
}
