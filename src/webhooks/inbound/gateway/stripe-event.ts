import { z } from 'zod';
import type { ReceivedEvent } from '../domain/webhook-event.js';
import { maySpellCardNumber, withoutCardNumbers } from './card-numbers.js';

const envelope = z.object({
  id: z.string().min(1).max(255),
  type: z.string().min(1).max(255),
  /** Unix seconds; the limit keeps the time within what PostgreSQL can hold. */
  created: z.number().int().min(0).max(253_402_300_799),
  data: z.object({ object: z.custom<object>(isObject) }),
});

/** A record of zod's would copy every member of it. */
function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * An event as Stripe sends it or lists it, ready for the inbox; undefined where it is none. `text` is the JSON that the
 * value was read from (https://docs.stripe.com/api/events/object).
 */
export function readStripeEvent(value: unknown, text: string): ReceivedEvent | undefined {
  const read = envelope.safeParse(value);
  if (!read.success) return undefined;
  const { id, type, created } = read.data;
  return {
    provider: 'stripe',
    providerEventId: id,
    type,
    payload: (maySpellCardNumber(text) ? withoutCardNumbers(value) : undefined) ?? text,
    providerCreatedAt: new Date(created * 1_000),
    origin: null,
  };
}
