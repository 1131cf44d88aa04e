import { createSecretKey } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  createRemoteJWKSet,
  decodeProtectedHeader,
  type JWTClaimVerificationOptions,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyGetKey,
} from 'jose';
import { CONFIG, type Config } from '../config/index.js';
import { ServiceUnavailable } from '../http/http.errors.js';
import type { Principal } from '../http/http-request.js';
import { Unauthorized } from './auth.errors.js';
import { GUEST_KEY_ID, GuestTokens } from './guest-tokens.js';
import { verifyHmacToken } from './hmac-token.js';
import type { Identity } from './identity.js';
import { VerifiedTokens } from './verified-tokens.js';

const CLOCK_TOLERANCE_SECONDS = 5;
const LONGEST_TOKEN = 8_192;
const SUBJECT = /^[^\p{Cc}\p{Cs}]{1,255}$/u;
/** Names that the audit trail gives to nobody else: the internal caller and our own jobs. */
const RESERVED_SUBJECT = /^(?:internal$|system:)/;
const EMAIL = /^[^\s\p{Cc}\p{Cs}@]{1,64}@[^\s\p{Cc}\p{Cs}@]{1,189}$/u;
const JWKS_TIMEOUT_MS = 3_000;
const JWKS_COOLDOWN_MS = 30_000;

/** Codes of jose for a token that no key of the set fits. */
const FAULTS_OF_TOKEN = new Set<unknown>([
  'ERR_JWKS_NO_MATCHING_KEY',
  'ERR_JWKS_MULTIPLE_MATCHING_KEYS',
  'ERR_JOSE_NOT_SUPPORTED',
]);

type Verify = (token: string) => JWTPayload | Promise<JWTPayload>;

/** Turns a bearer token into a principal. The algorithm comes from the configuration, never from the token alone. */
@Injectable()
export class TokenVerifier {
  private readonly verifyUser: Verify;
  private readonly verified = new VerifiedTokens();

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly guests: GuestTokens,
  ) {
    this.verifyUser = userVerifier(config);
  }

  /**
   * Throws Unauthorized where the token is wrong in any way, without saying in which: that would help only forgers. Throws
   * ServiceUnavailable where the identity provider's keys cannot be had, which is no fault of the token's.
   */
  async verify(token: string): Promise<Identity> {
    const known = this.verified.find(token, Date.now());
    if (known) return known;
    const identity = await this.identify(token);
    this.verified.keep(token, identity, Date.now());
    return identity;
  }

  private async identify(token: string): Promise<Identity> {
    try {
      if (token.length > LONGEST_TOKEN) throw new Error('token too long');
      const { kid } = decodeProtectedHeader(token);
      if (kid === GUEST_KEY_ID) return { id: this.guests.verify(token), kind: 'guest', email: null };
      return principalOf(await this.verifyUser(token));
    } catch (error) {
      if (error instanceof ServiceUnavailable) throw error;
      throw new Unauthorized(isExpiry(error) ? 'The token has expired.' : 'The token is not valid.');
    }
  }
}

function userVerifier(config: Config): Verify {
  const options: JWTClaimVerificationOptions = {
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    requiredClaims: ['sub', 'exp'],
    ...(config.JWT_ISSUER === undefined ? {} : { issuer: config.JWT_ISSUER }),
    ...(config.JWT_AUDIENCE === undefined ? {} : { audience: config.JWT_AUDIENCE }),
  };
  if (config.JWT_JWKS_URL !== undefined) {
    const algorithms = config.JWT_ALGORITHM === undefined ? ['RS256', 'ES256'] : [config.JWT_ALGORITHM];
    const keys = remoteKeys(config.JWT_JWKS_URL);
    return async (token) => (await jwtVerify(token, keys, { ...options, algorithms })).payload;
  }
  if (config.JWT_SECRET === undefined) throw new Error('there is neither JWT_SECRET nor JWT_JWKS_URL');
  const secret = createSecretKey(config.JWT_SECRET, 'utf8');
  return (token) => verifyHmacToken(token, secret, options);
}

/** The keys at a URL, fetched when needed, and for an unknown key id at most once in the cool-down. */
function remoteKeys(url: string): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(url), {
    timeoutDuration: JWKS_TIMEOUT_MS,
    cooldownDuration: JWKS_COOLDOWN_MS,
  });
  return (header, token) =>
    keys(header, token).catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && FAULTS_OF_TOKEN.has(error.code)) throw error;
      throw new ServiceUnavailable(error);
    });
}

function principalOf(payload: JWTPayload): Identity {
  const { sub, email, roles } = payload;
  for (const kind of [payload['typ'], payload['token_use']]) {
    if (kind !== undefined && kind !== 'access') throw new Error('not an access token');
  }
  // The type of a JWTPayload is a promise of the library's that no token has to keep.
  if (typeof sub !== 'string' || !SUBJECT.test(sub) || RESERVED_SUBJECT.test(sub)) throw new Error('unusable subject');
  return { id: sub, kind: kindOf(roles), email: typeof email === 'string' && EMAIL.test(email) ? email : null };
}

function kindOf(roles: unknown): Principal['kind'] {
  const names: unknown[] = Array.isArray(roles) ? roles : [];
  if (names.includes('admin')) return 'admin';
  return names.includes('guest') && !names.includes('customer') ? 'guest' : 'customer';
}

function isExpiry(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_JWT_EXPIRED';
}
