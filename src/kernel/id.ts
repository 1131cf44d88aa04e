import { randomFillSync } from 'node:crypto';

/**
 * Prefixed, time-ordered ids in TypeID form (https://github.com/jetify-com/typeid/tree/main/spec): a prefix, an
 * underscore and a UUIDv7 (RFC 9562) in 26 characters of Crockford base32.
 */
export type Id<Prefix extends string> = `${Prefix}_${string}`;

export type ProductId = Id<'prod'>;
export type CartId = Id<'cart'>;
export type OrderId = Id<'ord'>;
export type OrderItemId = Id<'item'>;
export type ReservationId = Id<'rsv'>;
export type PaymentId = Id<'pay'>;
export type PaymentAttemptId = Id<'att'>;
export type RefundId = Id<'ref'>;
export type ShipmentId = Id<'shp'>;

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const SUFFIX = '[0-7][0-9a-hjkmnp-tv-z]{25}';
const RANDOM_POOL_BYTES = 4096;
const RANDOM_BYTES_PER_ID = 8;
const COUNTER_LIMIT = 0x1000;

const pool = Buffer.allocUnsafe(RANDOM_POOL_BYTES);
let poolOffset = RANDOM_POOL_BYTES;
let lastMs = 0;
let counter = 0;

/** A fresh id. Ids made by one process rise strictly, so that "newest first" can be read off the primary key. */
export function newId<Prefix extends string>(prefix: Prefix, nowMs: number = Date.now()): Id<Prefix> {
  return encodeId(prefix, nextTimestampAndCounter(nowMs), randomBits());
}

/** Whether a text has the form of an id with this prefix. Says nothing about whether such a thing exists. */
export function isId<Prefix extends string>(prefix: Prefix, text: string): text is Id<Prefix> {
  return text.startsWith(`${prefix}_`) && ID_SUFFIX.test(text.slice(prefix.length + 1));
}

const ID_SUFFIX = new RegExp(`^${SUFFIX}$`);

/** 48 bits of milliseconds, the version nibble and a 12-bit counter, which RFC 9562 (6.2, method 1) allows for order. */
function nextTimestampAndCounter(nowMs: number): bigint {
  if (nowMs > lastMs) {
    lastMs = nowMs;
    counter = 0;
  } else if (++counter === COUNTER_LIMIT) {
    lastMs += 1;
    counter = 0;
  }
  return (BigInt(lastMs) << 16n) | 0x7000n | BigInt(counter);
}

function randomBits(): bigint {
  if (poolOffset + RANDOM_BYTES_PER_ID > RANDOM_POOL_BYTES) {
    randomFillSync(pool);
    poolOffset = 0;
  }
  const bits = pool.readBigUInt64BE(poolOffset);
  poolOffset += RANDOM_BYTES_PER_ID;
  return (bits & 0x3fffffffffffffffn) | 0x8000000000000000n;
}

/** The two halves of a UUID behind a prefix. Six places at a time: big integers are slow, and a purchase makes many ids. */
export function encodeId<Prefix extends string>(prefix: Prefix, high: bigint, low: bigint): Id<Prefix> {
  let text = '';
  let value = (high << 64n) | low;
  for (let places = 26; places > 0; places -= 6, value >>= 30n) {
    text = encodePlaces(Number(value & 0x3fffffffn), Math.min(places, 6)) + text;
  }
  return `${prefix}_${text}`;
}

function encodePlaces(value: number, places: number): string {
  let text = '';
  for (let place = 0; place < places; place += 1) text = ALPHABET.charAt((value >> (5 * place)) & 31) + text;
  return text;
}
