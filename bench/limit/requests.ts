import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

export interface LimitSecrets {
  readonly jwtSecret: string;
  readonly internalKey: string;
}

export interface Caller {
  readonly id: string;
  readonly email: string | null;
}

interface Claims {
  readonly sub: string;
  readonly exp: number;
  readonly email?: string;
}

/** A request that the bare server refuses; `status` is its HTTP status. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Who sends a bearer token: HS256 by hand (RFC 7515, section 5.2), and its time. Throws Refused. */
export function callerOf(request: FastifyRequest, { jwtSecret }: LimitSecrets): Caller {
  const [scheme, token = ''] = (request.headers.authorization ?? '').split(' ');
  const end = token.lastIndexOf('.');
  const expected = createHmac('sha256', jwtSecret)
    .update(token.slice(0, Math.max(end, 0)))
    .digest();
  const given = Buffer.from(token.slice(end + 1), 'base64url');
  if (scheme !== 'Bearer' || given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new Refused(401, 'unauthorized');
  }
  const claims: Claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  if (claims.exp * 1_000 < Date.now()) throw new Refused(401, 'unauthorized');
  return { id: claims.sub, email: claims.email ?? null };
}

/** Lets another service of the house in. Throws Refused. */
export function requireInternalKey(request: FastifyRequest, { internalKey }: LimitSecrets): void {
  const given = Buffer.from(String(request.headers['x-internal-key']));
  const expected = Buffer.from(internalKey);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new Refused(401, 'unauthorized');
}

/** What makes a repeat of a request known: scope, key and fingerprint, as the service keeps them. */
export function idempotencyOf(request: FastifyRequest, principal: string): [string, string, string] {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || key === '') throw new Refused(400, 'idempotency_key_required');
  const scope = `${principal} ${request.method} ${request.routeOptions.url ?? ''}`;
  const fingerprint = createHash('sha256')
    .update(`${request.url}\n${JSON.stringify(request.body)}`)
    .digest('hex');
  return [scope, key, fingerprint];
}
