import { Global, Module } from '@nestjs/common';
import Stripe from 'stripe';
import { CONFIG, type Config } from '../config/index.js';
import { StripeSignatures } from './signed-payload.js';

export const STRIPE = Symbol('STRIPE');

const API_VERSION = '2026-10-28.endive';

/** The real SDK, always; without a key of Stripe's its base address is the local sandbox. */
export function createStripe(config: Config): Stripe | undefined {
  if (config.STRIPE_SECRET_KEY === undefined) return undefined;
  const base = new URL(config.STRIPE_API_BASE);
  const protocol = base.protocol === 'http:' ? 'http' : 'https';
  return new Stripe(config.STRIPE_SECRET_KEY, {
    apiVersion: API_VERSION,
    host: base.hostname,
    port: base.port === '' ? (protocol === 'http' ? 80 : 443) : Number(base.port),
    protocol,
    timeout: config.STRIPE_TIMEOUT_MS,
    maxNetworkRetries: 0,
    telemetry: false,
  });
}

@Global()
@Module({
  providers: [{ provide: STRIPE, inject: [CONFIG], useFactory: createStripe }, StripeSignatures],
  exports: [STRIPE, StripeSignatures],
})
export class StripeModule {}
