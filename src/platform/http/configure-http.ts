import { IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import helmet from 'helmet';
import type { Config } from '../config/index.js';
import { Metrics } from '../observability/metrics.js';
import { serviceInfo } from '../observability/service-info.js';
import { answerUnknownRoutes } from './fastify-adapter.js';
import { observeRequests } from './observe-requests.js';
import { describeApi, serveApiDocs } from './openapi.js';
import { ProblemFilter } from './problem.filter.js';
import { UndeclaredBodyGuard } from './undeclared-body.guard.js';
import { validationPipe } from './validation.js';

const EXPOSED_HEADERS = [
  'X-Trace-ID',
  'X-Request-Id',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'Idempotent-Replayed',
];

/** Everything HTTP that holds for all routes. Call it before `init` or `listen`. */
export async function configureHttp(app: NestFastifyApplication, config: Config): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  answerUnknownRoutes(fastify);
  observeRequests(fastify, app.get(Metrics));
  secure(fastify);
  if (config.CORS_ORIGINS.length > 0) {
    app.enableCors({
      origin: [...config.CORS_ORIGINS],
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      exposedHeaders: EXPOSED_HEADERS,
      maxAge: 600,
    });
  }
  app.useGlobalPipes(validationPipe());
  app.useGlobalFilters(new ProblemFilter());
  app.useGlobalGuards(new UndeclaredBodyGuard());
  serveApiDocs(app, () => describeApi(app, config, serviceInfo()));
}

/** The headers are the same for every answer, so that helmet puts them together once and not for each. */
function secure(fastify: FastifyInstance): void {
  const headers = securityHeaders();
  fastify.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(headers);
    done();
  });
}

function securityHeaders(): OutgoingHttpHeaders {
  const answer = new ServerResponse(new IncomingMessage(new Socket()));
  const addHeaders = helmet({
    contentSecurityPolicy: {
      directives: {
        // The documentation pages style themselves inline; scripts stay limited to our own files.
        defaultSrc: [`'self'`],
        styleSrc: [`'self'`, `'unsafe-inline'`],
        imgSrc: [`'self'`, 'data:'],
        upgradeInsecureRequests: null,
      },
    },
  });
  addHeaders(answer.req, answer, () => undefined);
  return answer.getHeaders();
}
