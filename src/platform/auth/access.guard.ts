import { createHash, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { CONFIG, type Config } from '../config/index.js';
import type { HttpRequest } from '../http/http-request.js';
import { ACCESS, type Access } from './access.decorators.js';
import { Forbidden, Unauthorized } from './auth.errors.js';
import { RateLimit } from './rate-limit.js';
import type { Identity } from './identity.js';
import { TokenVerifier } from './token-verifier.js';

const INTERNAL: Identity = { id: 'internal', kind: 'internal', email: null };

/** Lets a request in, or not: who it is, how often he came, and whether his role reaches the route, in this order. */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly internalKeyDigest: Buffer;

  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: TokenVerifier,
    private readonly rateLimit: RateLimit,
    @Inject(CONFIG) config: Config,
  ) {
    this.internalKeyDigest = digest(config.SVC_INTERNAL_KEY);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<HttpRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const access = this.accessOf(context);
    if (access === 'probe' || access === 'signature') return true;
    const outcome = await this.identify(request, access);
    const principal = outcome instanceof Unauthorized ? undefined : outcome;
    await this.rateLimit.count(principal ? `principal:${principal.id}` : `address:${request.ip}`, reply);
    if (outcome instanceof Unauthorized) throw outcome;
    if (principal && !reaches(principal, access)) throw new Forbidden();
    request.principal = principal && { ...principal, traceId: request.ids.traceId };
    return true;
  }

  private accessOf(context: ExecutionContext): Access {
    const marked = [context.getHandler(), context.getClass()];
    return this.reflector.getAllAndOverride<Access | undefined>(ACCESS, marked) ?? 'customer';
  }

  /** A wrong credential is returned, not thrown: guessing has to count against the rate limit first. */
  private async identify(request: HttpRequest, access: Access): Promise<Identity | Unauthorized | undefined> {
    if (access === 'public') return undefined;
    const key = request.headers['x-internal-key'];
    if (typeof key === 'string' && (access === 'internal' || access === 'customer_or_internal')) {
      return timingSafeEqual(digest(key), this.internalKeyDigest)
        ? INTERNAL
        : new Unauthorized('The internal key is wrong.');
    }
    if (access === 'internal') return new Unauthorized('This route needs the X-Internal-Key header.');
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) return new Unauthorized();
    return this.tokens.verify(token).catch((error: unknown) => {
      if (error instanceof Unauthorized) return error;
      throw error;
    });
  }
}

function reaches(principal: Identity, access: Access): boolean {
  switch (access) {
    case 'probe':
    case 'signature':
    case 'public':
    case 'customer':
    case 'customer_or_internal':
      return true;
    case 'signed_in':
      return principal.kind !== 'guest';
    case 'admin':
      return principal.kind === 'admin';
    case 'internal':
      return principal.kind === 'internal';
    default:
      return access satisfies never;
  }
}

/** Equal lengths for the comparison in constant time, whatever was sent. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
