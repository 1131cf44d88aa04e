import { Inject, Injectable } from '@nestjs/common';
import { createRemoteJWKSet, decodeProtectedHeader, type JWTPayload, jwtVerify, type JWTVerifyOptions } from 'jose';
import { CONFIG, type Config } from '../config/index.js';
import type { Principal } from '../http/http-request.js';
import { Unauthorized } from './auth.errors.js';
import { GUEST_KEY_ID, GuestTokens } from './guest-tokens.js';

const CLOCK_TOLERANCE_SECONDS = 5;
const LONGEST_TOKEN = 8_192;
const SUBJECT = /^[^\p{Cc}\p{Cs}]{1,255}$/u;
const JWKS_TIMEOUT_MS = 3_000;
const JWKS_COOLDOWN_MS = 30_000;

/** A principal as his token tells him, before the request adds its trace. */
export type Identity = Omit<Principal, 'traceId'>;

type Verify = (token: string) => Promise<JWTPayload>;

/** Turns a bearer token into a principal. The algorithm comes from the configuration, never from the token alone. */
@Injectable()
export class TokenVerifier {
  private readonly verifyUser: Verify;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly guests: GuestTokens,
  ) {
    this.verifyUser = userVerifier(config);
  }

  /** Throws Unauthorized where the token is wrong in any way, without saying in which: that would help only forgers. */
  async verify(token: string): Promise<Identity> {
    try {
      if (token.length > LONGEST_TOKEN) throw new Error('token too long');
      const { kid } = decodeProtectedHeader(token);
      if (kid === GUEST_KEY_ID) return { id: await this.guests.verify(token), kind: 'guest', email: null };
      return principalOf(await this.verifyUser(token));
    } catch (error) {
      throw new Unauthorized(isExpiry(error) ? 'The token has expired.' : 'The token is not valid.');
    }
  }
}

function userVerifier(config: Config): Verify {
  const options: JWTVerifyOptions = {
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    requiredClaims: ['sub', 'exp'],
    ...(config.JWT_ISSUER === undefined ? {} : { issuer: config.JWT_ISSUER }),
    ...(config.JWT_AUDIENCE === undefined ? {} : { audience: config.JWT_AUDIENCE }),
  };
  if (config.JWT_JWKS_URL !== undefined) {
    const algorithms = config.JWT_ALGORITHM === undefined ? ['RS256', 'ES256'] : [config.JWT_ALGORITHM];
    const keys = createRemoteJWKSet(new URL(config.JWT_JWKS_URL), {
      timeoutDuration: JWKS_TIMEOUT_MS,
      cooldownDuration: JWKS_COOLDOWN_MS,
    });
    return async (token) => (await jwtVerify(token, keys, { ...options, algorithms })).payload;
  }
  const secret = new TextEncoder().encode(config.JWT_SECRET);
  return async (token) => (await jwtVerify(token, secret, { ...options, algorithms: ['HS256'] })).payload;
}

function principalOf(payload: JWTPayload): Identity {
  const { sub, email, roles } = payload;
  for (const kind of [payload['typ'], payload['token_use']]) {
    if (kind !== undefined && kind !== 'access') throw new Error('not an access token');
  }
  if (sub === undefined || !SUBJECT.test(sub) || sub.startsWith('system:')) throw new Error('unusable subject');
  return { id: sub, kind: kindOf(roles), email: typeof email === 'string' && email.length <= 254 ? email : null };
}

function kindOf(roles: unknown): Principal['kind'] {
  const names: unknown[] = Array.isArray(roles) ? roles : [];
  if (names.includes('admin')) return 'admin';
  return names.includes('guest') && !names.includes('customer') ? 'guest' : 'customer';
}

function isExpiry(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_JWT_EXPIRED';
}
