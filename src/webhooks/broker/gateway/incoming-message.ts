import { z } from 'zod';
import { looksLikeCardNumber } from '../../../platform/http/index.js';
import type { KafkaMessage } from '../../../platform/kafka/index.js';
import type { ReceivedEvent } from '../../inbound/domain/webhook-event.js';
import { withoutCardNumbers } from '../../inbound/gateway/card-numbers.js';
import { PRINTABLE, REPORT_DATA } from '../../inbound/use-cases/payment-report.js';
import { attributesOf } from './attributes.js';

/** A message ready for the inbox. `unreadable`: it can only be shown to a person, with the reason. */
export type IncomingMessage =
  | { readonly kind: 'event'; readonly event: ReceivedEvent }
  | { readonly kind: 'unreadable'; readonly event: ReceivedEvent; readonly reason: string };

const LARGEST_VALUE_BYTES = 256 * 1_024;
/** A clock that runs ahead would make everything that follows look old. */
const FUTURE_TOLERANCE_MS = 300_000;
const SECOND_MS = 1_000;

const printable = z.string().regex(PRINTABLE, 'must be 1 to 255 printable characters');

const envelope = z.object({
  id: printable,
  /** Without blanks, as a URI is, so that source and id can be written side by side. */
  source: printable.regex(/^\S+$/, 'must be a URI reference'),
  type: printable,
  time: z.iso.datetime({ offset: true }),
  specversion: z.literal('1.0').optional(),
  data: z.unknown(),
});

/** Reads a message of `payment.events`. Never throws: whatever is wrong with it, the messages behind it must not wait. */
export function readMessage(message: KafkaMessage, now: Date): IncomingMessage {
  try {
    return { kind: 'event', event: eventOf(message, now) };
  } catch (error) {
    const reason = reasonOf(error);
    return { kind: 'unreadable', event: remainsOf(message, now), reason };
  }
}

function eventOf(message: KafkaMessage, now: Date): ReceivedEvent {
  const { data, ...attributes } = envelope.parse(attributesOf(message, textOf(message), now));
  const { id, source, type } = attributes;
  const happened = Date.parse(attributes.time);
  if (happened > now.getTime() + FUTURE_TOLERANCE_MS) throw new Unreadable('time: lies in the future');
  const told = { id, source, type, report: reportIn(type, data) };
  if (withoutCardNumbers(told) !== undefined) throw new Unreadable('holds what looks like the number of a card');
  const whole = { specversion: '1.0', ...attributes, data };
  return {
    provider: 'broker',
    providerEventId: `${source} ${id}`,
    type,
    payload: withoutCardNumbers(whole) ?? JSON.stringify(whole),
    // Facts of one payment are compared by whole seconds, since Stripe tells no more.
    providerCreatedAt: new Date(Math.floor(happened / SECOND_MS) * SECOND_MS),
    origin: originOf(message),
  };
}

/** What will be made of the data, to be sure now that something can be. Other types of events are stored and left alone. */
function reportIn(type: string, data: unknown): unknown {
  const known = type === 'payment.succeeded' || type === 'payment.failed';
  return known ? z.object({ data: REPORT_DATA[type] }).parse({ data }) : null;
}

function textOf({ value }: KafkaMessage): string {
  if (value === null) throw new Unreadable('the message has no value');
  if (value.length > LARGEST_VALUE_BYTES)
    throw new Unreadable(`the message has more than ${LARGEST_VALUE_BYTES} bytes`);
  return new TextDecoder('utf-8', { fatal: true }).decode(value);
}

const LONGEST_REMAINS = 10_000;

/** So much of a message as can be kept. Its place names it: an id that it claims may belong to another one. */
function remainsOf(message: KafkaMessage, now: Date): ReceivedEvent {
  const text = (message.value ?? '').toString().replaceAll('\0', '\ufffd').slice(0, LONGEST_REMAINS);
  const origin = originOf(message);
  const written = message.timestamp.getTime();
  return {
    provider: 'broker',
    // A topic that was deleted and made anew counts from zero again.
    providerEventId: `${origin} ${written}`,
    type: 'unreadable',
    payload: looksLikeCardNumber(text) ? '[redacted]' : text,
    providerCreatedAt: written > 0 ? message.timestamp : now,
    origin,
  };
}

function originOf({ topic, partition, offset }: KafkaMessage): string {
  return `${topic}/${partition}/${offset}`;
}

class Unreadable extends Error {}

/** Names members and rules, never values. */
function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) {
    return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  }
  if (error instanceof Unreadable) return error.message;
  return 'the value is not a JSON object in UTF-8';
}
