import { createHash } from 'node:crypto';
import { encodeId, type Id } from './id.js';

/**
 * The one id that belongs to a name: the same name gives the same id in every process, without a look-up. It has the form
 * of all ids, with 122 bits of SHA-256 in a UUIDv8 (RFC 9562, 5.8) where a fresh id has a UUIDv7. It says nothing of time.
 */
export function derivedId<Prefix extends string>(prefix: Prefix, name: string): Id<Prefix> {
  const digest = createHash('sha256').update(`${prefix}\n${name}`).digest();
  const high = (digest.readBigUInt64BE(0) & ~0xf000n) | 0x8000n;
  const low = (digest.readBigUInt64BE(8) & 0x3fffffffffffffffn) | 0x8000000000000000n;
  return encodeId(prefix, high, low);
}
