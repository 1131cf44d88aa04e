import { newId } from '../../../kernel/id.js';
import type { KafkaMessage } from '../../../platform/kafka/index.js';
import { readMessage } from './incoming-message.js';

const NOW = new Date('2026-11-20T12:00:00.000Z');
const ORDER_ID = newId('ord');
const DATA = { order_id: ORDER_ID, payment_transaction_id: 'tx-1', amount_cents: 5_649, currency: 'usd' };
const EVENT = {
  specversion: '1.0',
  id: 'evt-1',
  source: '/payments',
  type: 'payment.succeeded',
  time: '2026-11-20T11:59:58.999+00:00',
  data: DATA,
};

function message(value: unknown, headers: Readonly<Record<string, string>> = {}): KafkaMessage {
  const bytes =
    typeof value === 'string' || Buffer.isBuffer(value) ? Buffer.from(value) : Buffer.from(JSON.stringify(value));
  return {
    ...{ topic: 'payment.events', partition: 2, offset: '41', timestamp: new Date('2026-11-20T11:59:59.500Z') },
    value: bytes,
    headers: new Map(Object.entries(headers)),
  };
}

describe('a message', () => {
  it('in the structured mode of CloudEvents is that event', () => {
    expect(readMessage(message(EVENT), NOW)).toEqual({
      kind: 'event',
      event: {
        provider: 'broker',
        providerEventId: '/payments evt-1',
        type: 'payment.succeeded',
        payload: expect.any(String),
        providerCreatedAt: new Date('2026-11-20T11:59:58.000Z'),
        origin: 'payment.events/2/41',
      },
    });
  });

  it('in the binary mode is the same', () => {
    const { data, ...attributes } = EVENT;
    const headers = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce_${name}`, value]));

    expect(readMessage(message(data, headers), NOW)).toEqual(readMessage(message(EVENT), NOW));
  });

  it.each([
    ['beside its type', { type: 'payment.succeeded', ...DATA }],
    ['in data', { type: 'payment.succeeded', data: DATA }],
  ])('without an envelope is an event that is known by its place, its data %s', (_, value) => {
    expect(readMessage(message(value), NOW)).toMatchObject({
      kind: 'event',
      event: {
        providerEventId: 'payment.events 2/41@1795175999500',
        providerCreatedAt: new Date('2026-11-20T11:59:59.000Z'),
      },
    });
  });

  it('without an envelope may have an id, a source and a time of its own', () => {
    const value = { id: '7', source: 'till', time: '2026-11-20T10:00:00Z', type: 'payment.failed', order_id: ORDER_ID };

    expect(readMessage(message(value), NOW)).toMatchObject({
      kind: 'event',
      event: { providerEventId: 'till 7', providerCreatedAt: new Date('2026-11-20T10:00:00.000Z') },
    });
  });

  it('of another type may hold anything, but no card number is kept', () => {
    const read = readMessage(
      message({ ...EVENT, type: 'payment.noted', data: { note: '4242 4242 4242 4242', n: 1 } }),
      NOW,
    );

    expect(read.kind).toBe('event');
    expect(JSON.parse(read.event.payload)).toMatchObject({ type: 'payment.noted', data: { note: '[redacted]', n: 1 } });
  });

  const amount = 'data.amount_cents: Invalid input: expected number, received undefined';
  it.each<[string, unknown, string]>([
    ['is no JSON', '{"type":', 'the value is not a JSON object in UTF-8'],
    ['is no object', '[1]', 'the value is not a JSON object in UTF-8'],
    ['is not in UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'the value is not a JSON object in UTF-8'],
    ['is nested without end', '['.repeat(200_000), 'the value is not a JSON object in UTF-8'],
    ['is too large', { ...EVENT, more: 'x'.repeat(262_144) }, 'the message has more than 262144 bytes'],
    ['is of another version', { ...EVENT, specversion: '2.0' }, 'specversion: Invalid input: expected "1.0"'],
    ['has no id', { ...EVENT, id: undefined }, 'id: Invalid input: expected string, received undefined'],
    ['has an empty id', { ...EVENT, id: '' }, 'id: must be 1 to 255 printable characters'],
    ['has an id with U+0000', { ...EVENT, id: 'a\u0000' }, 'id: must be 1 to 255 printable characters'],
    ['has half a character', { ...EVENT, source: '\ud800' }, 'source: must be 1 to 255 printable characters'],
    ['has a source with a blank', { ...EVENT, source: 'a b' }, 'source: must be a URI reference'],
    ['says no time', { ...EVENT, time: undefined }, 'time: Invalid input: expected string, received undefined'],
    ['says a day', { ...EVENT, time: '2026-11-20' }, 'time: Invalid ISO datetime'],
    ['is of tomorrow', { ...EVENT, time: '2026-11-20T12:05:00.001Z' }, 'time: lies in the future'],
    ['has no data', { ...EVENT, data: undefined }, 'data: Invalid input: expected nonoptional, received undefined'],
    ['names no order', { ...EVENT, data: { ...DATA, order_id: 'ord_1' } }, 'data.order_id: must be the id of an order'],
    ['says no amount', { ...EVENT, data: { ...DATA, amount_cents: undefined } }, amount],
    [
      'says an amount of text',
      { ...EVENT, data: { ...DATA, amount_cents: '5649' } },
      amount.replace('undefined', 'string'),
    ],
    [
      'says half a cent',
      { ...EVENT, data: { ...DATA, amount_cents: 0.5 } },
      'data.amount_cents: Invalid input: expected int, received number',
    ],
    [
      'says nothing',
      { ...EVENT, data: { ...DATA, amount_cents: 0 } },
      'data.amount_cents: Too small: expected number to be >=1',
    ],
    [
      'says too much',
      { ...EVENT, data: { ...DATA, amount_cents: 2 ** 53 } },
      'data.amount_cents: Too big: expected int to be <=9007199254740991',
    ],
    [
      'says an unknown currency',
      { ...EVENT, data: { ...DATA, currency: 'xxx' } },
      'data.currency: must be a three-letter ISO 4217 code that Stripe knows',
    ],
    [
      'has a transaction without a name',
      { ...EVENT, data: { ...DATA, payment_transaction_id: '' } },
      'data.payment_transaction_id: must be 1 to 255 printable characters',
    ],
    [
      'names a card',
      { ...EVENT, data: { ...DATA, payment_transaction_id: '4242424242424242' } },
      'holds what looks like the number of a card',
    ],
  ])('that %s is unreadable, and says why', (_, value, reason) => {
    const read = readMessage(message(value), NOW);

    expect(read).toMatchObject({
      kind: 'unreadable',
      event: {
        ...{ provider: 'broker', providerEventId: 'payment.events/2/41 1795175999500', type: 'unreadable' },
        origin: 'payment.events/2/41',
      },
    });
    expect(read.kind === 'unreadable' && read.reason).toContain(reason);
    expect(read.event.payload.length).toBeLessThanOrEqual(10_000);
    expect(read.event.payload).not.toMatch(/\0|4242424242424242/);
  });

  it('without a value is unreadable', () => {
    const read = readMessage({ ...message(''), value: null }, NOW);

    expect(read).toMatchObject({ kind: 'unreadable', reason: 'the message has no value', event: { payload: '' } });
  });
});
