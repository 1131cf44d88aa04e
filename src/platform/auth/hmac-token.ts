import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { decodeProtectedHeader, type JWTClaimVerificationOptions, type JWTPayload, UnsecuredJWT } from 'jose';

const UNSECURED = Buffer.from('{"alg":"none"}').toString('base64url');

/**
 * The claims of a token that was signed with this key and HS256 alone. Throws where it was not, and an error of jose's where
 * a claim does not hold. Of https://datatracker.ietf.org/doc/html/rfc7515#section-5.2 the signature is made here and not by
 * jose, which leaves each to another thread: that takes many times what the signature does.
 */
export function verifyHmacToken(token: string, key: KeyObject, claims: JWTClaimVerificationOptions): JWTPayload {
  const [header = '', payload = '', signature = '', ...rest] = token.split('.');
  const { alg, crit } = decodeProtectedHeader(token);
  if (alg !== 'HS256' || crit !== undefined || rest.length > 0) throw new Error('not a token of ours');
  const expected = createHmac('sha256', key).update(`${header}.${payload}`).digest('base64url');
  if (!equals(signature, expected)) throw new Error('signed with another key');
  return UnsecuredJWT.decode(`${UNSECURED}.${payload}.`, claims).payload;
}

function equals(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}
