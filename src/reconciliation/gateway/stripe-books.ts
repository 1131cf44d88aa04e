import { Inject, Injectable } from '@nestjs/common';
import Stripe from 'stripe';
import { systemClock } from '../../kernel/clock.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { STRIPE, withinTime } from '../../platform/stripe/index.js';
import { HANDLED_EVENT_TYPES, readStripeEvent, type ReceivedEvent } from '../../webhooks/index.js';
import type { Period } from '../domain/days.js';
import { pagesOf } from './pages.js';
import type { ListedEntry, ProviderBooks, ProviderPayment, ProviderRefund } from './provider-books.js';
import { listedCharge, listedRefund, paymentOfCharge, paymentOfIntent, refundOf } from './stripe-entries.js';

const TYPES = [...HANDLED_EVENT_TYPES];

/** Stripe's books, through its own SDK. Lists and retrievals show the present state, as search does not. */
@Injectable()
export class StripeBooks implements ProviderBooks {
  constructor(
    @Inject(STRIPE) private readonly stripe: Stripe | undefined,
    @Inject(CONFIG) private readonly config: Pick<Config, 'STRIPE_TIMEOUT_MS'>,
  ) {}

  get isConfigured(): boolean {
    return this.stripe !== undefined;
  }

  async *payments(period: Period): AsyncGenerator<readonly ListedEntry[]> {
    const { charges } = this.required();
    for await (const page of pagesOf(period, (params) => this.inTime(charges.list(params)))) {
      yield page.map(listedCharge);
    }
  }

  async *refunds(period: Period): AsyncGenerator<readonly ListedEntry[]> {
    const { refunds } = this.required();
    for await (const page of pagesOf(period, (params) => this.inTime(refunds.list(params)))) {
      yield page.map(listedRefund);
    }
  }

  async *undeliveredEvents(period: Period): AsyncGenerator<readonly ReceivedEvent[]> {
    const { events } = this.required();
    const missed = { delivery_success: false, types: TYPES };
    for await (const page of pagesOf(period, (params) => this.inTime(events.list({ ...params, ...missed })))) {
      yield page.flatMap((event) => readStripeEvent(event, JSON.stringify(event)) ?? []);
    }
  }

  findPayment(providerId: string): Promise<ProviderPayment | undefined> {
    const { paymentIntents, charges } = this.required();
    return this.find(async () =>
      providerId.startsWith('pi_')
        ? paymentOfIntent(await paymentIntents.retrieve(providerId, { expand: ['latest_charge'] }), systemClock.now())
        : paymentOfCharge(await charges.retrieve(providerId)),
    );
  }

  findRefund(providerId: string): Promise<ProviderRefund | undefined> {
    const { refunds } = this.required();
    return this.find(async () => refundOf(await refunds.retrieve(providerId)));
  }

  private async find<T>(retrieve: () => Promise<T>): Promise<T | undefined> {
    try {
      return await this.inTime(retrieve());
    } catch (error) {
      if (error instanceof Stripe.errors.StripeError && error.code === 'resource_missing') return undefined;
      throw error;
    }
  }

  private inTime<T>(call: Promise<T>): Promise<T> {
    return withinTime(this.config.STRIPE_TIMEOUT_MS, call);
  }

  private required(): Stripe {
    if (!this.stripe) throw new Error('STRIPE_SECRET_KEY is not set');
    return this.stripe;
  }
}
