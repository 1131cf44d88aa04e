import type { FastifyRequest } from 'fastify';
import type { Actor } from '../../kernel/actor.js';
import { looksLikeCardNumber } from './card-number.js';
import type { RequestIds } from './request-ids.js';

/** Who asks: a person with a token, or another service with the internal key. */
export interface Principal extends Actor {
  readonly kind: 'customer' | 'guest' | 'admin' | 'internal';
  readonly email: string | null;
}

declare module 'fastify' {
  /** What the house adds to a request on its way in. */
  interface FastifyRequest {
    ids: RequestIds;
    rawBody: Buffer | undefined;
    principal: Principal | undefined;
  }
}

export type HttpRequest = FastifyRequest;

/**
 * The path as the client wrote it, for logs and answers. Without the query, which may hold personal data, and without
 * anything that looks like a card number.
 */
export function pathOf(request: Pick<FastifyRequest, 'originalUrl'>): string {
  const [path = ''] = request.originalUrl.split('?', 1);
  return looksLikeCardNumber(decoded(path)) ? '/[redacted]' : path;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
