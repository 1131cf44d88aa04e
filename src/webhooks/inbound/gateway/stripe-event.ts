import { z } from 'zod';
import { looksLikeCardNumber } from '../../../platform/http/index.js';
import type { ReceivedEvent } from '../domain/webhook-event.js';

const envelope = z.object({
  id: z.string().min(1).max(255),
  type: z.string().min(1).max(255),
  /** Unix seconds; the limit keeps the time within what PostgreSQL can hold. */
  created: z.number().int().min(0).max(253_402_300_799),
  data: z.object({ object: z.record(z.string(), z.unknown()) }),
});

/**
 * An event as Stripe sends it or lists it, ready for the inbox; undefined where it is none. `text` is the JSON that the
 * value was read from (https://docs.stripe.com/api/events/object).
 */
export function readStripeEvent(value: unknown, text: string): ReceivedEvent | undefined {
  const read = envelope.safeParse(value);
  if (!read.success) return undefined;
  const { id, type, created } = read.data;
  return {
    providerEventId: id,
    type,
    payload: storable(value) ?? text,
    providerCreatedAt: new Date(created * 1_000),
  };
}

/**
 * The event without anything that looks like a card number, or undefined where there is no such thing and the text can be
 * kept as it came. Buyers write into names and notes what they should not, and Stripe hands it on.
 */
function storable(event: unknown): string | undefined {
  let found = false;
  const text = JSON.stringify(event, (_, member: unknown) => {
    const suspect = typeof member === 'string' || typeof member === 'number' ? String(member) : '';
    if (!looksLikeCardNumber(suspect)) return member;
    found = true;
    return '[redacted]';
  });
  return found ? text : undefined;
}
