import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** `length` random characters of base 62. The slight bias of the modulo does no harm to ids that are never secrets of value. */
export function randomText(length: number): string {
  return [...randomBytes(length)].map((byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('');
}

/** An id in Stripe's form, for example `pi_` and 24 characters. */
export function newId(prefix: string): string {
  return `${prefix}_${randomText(24)}`;
}
