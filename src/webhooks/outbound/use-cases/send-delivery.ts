import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Receipt } from '../domain/delivery.js';
import { isFatal, judge } from '../domain/retry-policy.js';
import { DeliverySender } from '../gateway/delivery-sender.js';
import type { DeliveryNames, SentDelivery, SignedDelivery } from './exchange-deliveries.js';

const CHANCES = 1_000_000;

/** Sends one delivery and judges the answer. */
@Injectable()
export class SendDelivery {
  constructor(private readonly sender: DeliverySender) {}

  /** Never throws. */
  async execute(delivery: SignedDelivery): Promise<SentDelivery> {
    const names = namesOf(delivery);
    if (isFatal(delivery.attempts)) return { ...names, receipt: neverSent(), verdict: { kind: 'given_up' } };
    const receipt = await this.sender.send(delivery);
    return { ...names, receipt, verdict: judge(delivery.attempts, receipt, randomInt(CHANCES) / CHANCES) };
  }
}

/** Neither the body nor the secrets go on from here. */
function namesOf({ id, attempts, eventId, eventType }: SignedDelivery): DeliveryNames {
  return { id, attempts, eventId, eventType };
}

function neverSent(): Receipt {
  const error = 'the process ended each time it sent this';
  return {
    ...{ sentAt: new Date(), headers: {}, durationMs: 0, error },
    ...{ status: null, excerpt: null, retryAfterSeconds: null },
  };
}
