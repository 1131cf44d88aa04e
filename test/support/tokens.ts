import { createHmac } from 'node:crypto';

export interface TokenSubject {
  readonly sub: string;
  /** `customer` where absent. */
  readonly role?: 'customer' | 'admin' | 'guest';
  readonly email?: string;
}

const LIFETIME_SECONDS = 3_600;

/** A bearer token as the identity provider of the service would sign it: HS256, one hour. */
export function signToken({ sub, role = 'customer', email }: TokenSubject, secret: string): string {
  const now = Math.floor(Date.now() / 1_000);
  return signJwt({ alg: 'HS256' }, { sub, roles: [role], email, iat: now, exp: now + LIFETIME_SECONDS }, secret);
}

/** Any header and payload with an HMAC-SHA256 signature, right or wrong for the header's `alg` (RFC 7515, section 3). */
export function signJwt(header: object, payload: object, secret: string | Buffer): string {
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
