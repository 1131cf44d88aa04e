import type { FastifyRequest } from 'fastify';
import type { Answer } from '../idempotency/index.js';
import type { RequestIds } from './request-ids.js';

/** Who asks: a person with a token, or another service with the internal key. */
export interface Principal {
  readonly id: string;
  readonly kind: 'customer' | 'guest' | 'admin' | 'internal';
  readonly email: string | null;
}

declare module 'fastify' {
  /** What the house adds to a request on its way in. */
  interface FastifyRequest {
    ids: RequestIds;
    rawBody: Buffer | undefined;
    principal: Principal | undefined;
    /** The recorded answer of an idempotent route, which also sets status and headers on the way out. */
    answer: Answer | undefined;
  }
}

export type HttpRequest = FastifyRequest;

/** The path as the client wrote it, without the query: queries may hold personal data and belong in no log or answer. */
export function pathOf(request: Pick<FastifyRequest, 'originalUrl'>): string {
  const [path = ''] = request.originalUrl.split('?', 1);
  return path;
}
