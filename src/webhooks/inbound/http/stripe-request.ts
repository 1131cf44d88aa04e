import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { systemClock } from '../../../kernel/clock.js';
import { RateLimit } from '../../../platform/auth/index.js';
import { type HttpRequest, looksLikeCardNumber, MalformedJson } from '../../../platform/http/index.js';
import { StripeSignatures } from '../../../platform/stripe/index.js';
import { WebhookEventInvalid, WebhookSignatureInvalid } from '../domain/webhook.errors.js';
import type { ReceivedEvent } from '../domain/webhook-event.js';

const envelope = z.object({
  id: z.string().min(1).max(255),
  type: z.string().min(1).max(255),
  /** Unix seconds; the limit keeps the time within what PostgreSQL can hold. */
  created: z.number().int().min(0).max(253_402_300_799),
  data: z.object({ object: z.record(z.string(), z.unknown()) }),
});

/** Turns a request that is said to come from Stripe into an event, or refuses it. */
@Injectable()
export class StripeRequests {
  constructor(
    private readonly signatures: StripeSignatures,
    private readonly rateLimit: RateLimit,
  ) {}

  /** Throws WebhookSignatureInvalid, MalformedJson, WebhookEventInvalid, and RateLimited for who goes on guessing. */
  async read(request: HttpRequest, reply: FastifyReply): Promise<ReceivedEvent> {
    const body = request.rawBody ?? Buffer.alloc(0);
    const opened = this.signatures.open(body, signatureOf(request), systemClock);
    if (opened.kind === 'refused') {
      await this.rateLimit.count(`address:${request.ip}`, reply);
      throw new WebhookSignatureInvalid();
    }
    if (opened.kind === 'malformed') throw new MalformedJson();
    return eventOf(opened.event, body);
  }
}

function signatureOf(request: HttpRequest): string {
  const header = request.headers['stripe-signature'];
  return typeof header === 'string' ? header : '';
}

function eventOf(value: unknown, body: Buffer): ReceivedEvent {
  const read = envelope.safeParse(value);
  if (!read.success) throw new WebhookEventInvalid();
  const { id, type, created } = read.data;
  const payload = storable(value) ?? body.toString('utf8');
  return { providerEventId: id, type, payload, providerCreatedAt: new Date(created * 1_000) };
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
