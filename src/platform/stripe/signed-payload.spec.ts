import { createHmac } from 'node:crypto';
import { fixedClock } from '../../../test/support/clock.js';
import { loadConfig } from '../config/index.js';
import { StripeSignatures } from './signed-payload.js';

const OLD = 'whsec_the_old_one';
const NEW = 'whsec_the_new_one';
const clock = fixedClock('2026-11-20T12:00:00.900Z');
const NOW = Date.parse('2026-11-20T12:00:00Z') / 1_000;
const body = Buffer.from('{"id":"evt_1","note":"żółw"}');

const signatures = (...secrets: string[]): StripeSignatures =>
  new StripeSignatures(
    loadConfig({
      DATABASE_URL: 'postgres://localhost/holdfast_test',
      REDIS_URL: 'redis://localhost/15',
      JWT_SECRET: '0123456789abcdefghijklmnopqrstuvwxyz',
      SVC_INTERNAL_KEY: '0123456789abcdefghij',
      STRIPE_WEBHOOK_SECRET: secrets.join(','),
    }),
  );

const v1 = (secret: string, at = NOW, signed = body): string =>
  createHmac('sha256', secret).update(`${at}.`).update(signed).digest('hex');
const header = (secret: string, at = NOW): string => `t=${at},v1=${v1(secret, at)}`;

const REFUSED = { kind: 'refused' };
const ACCEPTED = { kind: 'event', event: { id: 'evt_1', note: 'żółw' } };

//
describe('a signature', () => {
  it('over these bytes, with our secret, made now, opens the event', () => {
    expect(signatures(NEW).open(body, header(NEW), clock)).toEqual(ACCEPTED);
  });

  it('counts with either secret while one replaces the other', () => {
    const both = signatures(OLD, NEW);

    expect(both.open(body, header(OLD), clock)).toEqual(ACCEPTED);
    expect(both.open(body, header(NEW), clock)).toEqual(ACCEPTED);
    expect(both.open(body, `${header(OLD)},v1=${v1(NEW)}`, clock)).toEqual(ACCEPTED);
  });

  it('with another secret, over other bytes, or in another scheme does not count', () => {
    const one = signatures(NEW);

    expect(one.open(body, header(OLD), clock)).toEqual(REFUSED);
    expect(one.open(Buffer.from(body.toString().replace('1', '2')), header(NEW), clock)).toEqual(REFUSED);
    expect(one.open(body, header(NEW).replace('v1=', 'v0='), clock)).toEqual(REFUSED);
    expect(one.open(Buffer.alloc(0), header(NEW), clock)).toEqual(REFUSED);
  });

  it('never counts where no secret is configured', () => {
    expect(signatures().open(body, header(''), clock)).toEqual(REFUSED);
  });

  it.each([
    ['300 s old', NOW - 300, ACCEPTED],
    ['301 s old', NOW - 301, REFUSED],
    ['300 s from now', NOW + 300, ACCEPTED],
    ['301 s from now', NOW + 301, REFUSED],
    ['a thousand years from now', NOW + 31_536_000_000, REFUSED],
  ])('made %s', (_, at, expected) => {
    expect(signatures(NEW).open(body, header(NEW, at), clock)).toEqual(expected);
  });

  it('is dated by the same member that the signature was made with', () => {
    const stale = NOW - 301;

    expect(signatures(NEW).open(body, `t=${NOW},${header(NEW, stale)}`, clock)).toEqual(REFUSED);
    expect(signatures(NEW).open(body, `${header(NEW, stale)},t=${NOW}`, clock)).toEqual(REFUSED);
  });

  it.each([
    '',
    ',',
    '=',
    'v1',
    `t=${NOW}`,
    `t=${NOW},v1`,
    `t=${NOW},v1=`,
    `t=,v1=${v1(NEW)}`,
    `t=now,v1=${v1(NEW)}`,
    `t=${NOW}.0,v1=${v1(NEW)}`,
    `t=${NOW}x,v1=${v1(NEW)}`,
    `t=-1,v1=${v1(NEW, -1)}`,
    `t=NaN,v1=${v1(NEW)}`,
    `v1=${v1(NEW)}`,
    `t=${NOW},v1=${'ü'.repeat(64)}`,
    `T=${NOW},V1=${v1(NEW)}`,
    `t=${NOW}`.repeat(10_000),
  ])('is none in %j', (text) => {
    expect(signatures(NEW).open(body, text, clock)).toEqual(REFUSED);
  });
});

describe('a signed body', () => {
  it.each(['', '{', '{"a":1}x', 'undefined'])('that is not JSON (%j) is told from a forged one', (text) => {
    const bytes = Buffer.from(text);

    expect(signatures(NEW).open(bytes, `t=${NOW},v1=${v1(NEW, NOW, bytes)}`, clock)).toEqual({ kind: 'malformed' });
  });
});
