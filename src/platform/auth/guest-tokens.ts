import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { SignJWT } from 'jose';
import { newId } from '../../kernel/id.js';
import { CONFIG, type Config } from '../config/index.js';
import { verifyHmacToken } from './hmac-token.js';

export const GUEST_KEY_ID = 'holdfast-guest';
const LIFETIME_SECONDS = 30 * 86_400;

export interface GuestSession {
  readonly accessToken: string;
  readonly customerId: string;
  readonly expiresAt: Date;
}

/**
 * Tokens of anonymous customers. We sign them ourselves, whoever signs the others, with a key derived from the internal
 * one (RFC 5869) that nothing else uses: a guest token can never be taken for anything but a guest.
 */
@Injectable()
export class GuestTokens {
  private readonly key: KeyObject;

  constructor(@Inject(CONFIG) config: Config) {
    this.key = createSecretKey(Buffer.from(hkdfSync('sha256', config.SVC_INTERNAL_KEY, '', GUEST_KEY_ID, 32)));
  }

  async issue(now: Date): Promise<GuestSession> {
    const customerId = newId('guest');
    const expiresAt = new Date(Math.floor(now.getTime() / 1_000 + LIFETIME_SECONDS) * 1_000);
    const accessToken = await new SignJWT({ roles: ['guest'] })
      .setProtectedHeader({ alg: 'HS256', kid: GUEST_KEY_ID })
      .setSubject(customerId)
      .setIssuedAt(now)
      .setExpirationTime(expiresAt)
      .sign(this.key);
    return { accessToken, customerId, expiresAt };
  }

  /** The guest's customer id. Throws an error of jose where the token has expired, and any where it is not ours. */
  verify(token: string): string {
    return verifyHmacToken(token, this.key, { requiredClaims: ['sub', 'exp'] }).sub ?? '';
  }
}
