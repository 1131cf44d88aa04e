import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { systemClock } from '../../../kernel/clock.js';
import { RateLimit } from '../../../platform/auth/index.js';
import { type HttpRequest, MalformedJson } from '../../../platform/http/index.js';
import { StripeSignatures } from '../../../platform/stripe/index.js';
import { WebhookEventInvalid, WebhookSignatureInvalid } from '../domain/webhook.errors.js';
import type { ReceivedEvent } from '../domain/webhook-event.js';
import { readStripeEvent } from '../gateway/stripe-event.js';

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
    const event = readStripeEvent(opened.event, body.toString('utf8'));
    if (!event) throw new WebhookEventInvalid();
    return event;
  }
}

function signatureOf(request: HttpRequest): string {
  const header = request.headers['stripe-signature'];
  return typeof header === 'string' ? header : '';
}
