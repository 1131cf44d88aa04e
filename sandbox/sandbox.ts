import type { AddressInfo } from 'node:net';
import { Account } from './account.js';
import { Faults } from './faults.js';
import { IdempotencyKeys } from './http/idempotency.js';
import { PAYMENT_INTENT_ROUTES } from './http/routes/payment-intents.routes.js';
import { buildServer } from './http/server.js';
import { StripeApi } from './http/stripe-api.js';
import { settingsOf, type SandboxOptions } from './options.js';

export interface Sandbox {
  /** `http://host:port`, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** Finishes running requests, then closes. May be called twice. */
  readonly stop: () => Promise<void>;
}

/** Starts a sandbox and resolves once it listens. Rejects when the port is taken or the journal cannot be read. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const settings = settingsOf(options);
  const account = new Account({ dataFile: settings.data, now: settings.now, webhookUrls: () => [] });
  const faults = new Faults();
  const stopping = new AbortController();
  let url = '';
  const api = new StripeApi({
    account,
    faults,
    keys: new IdempotencyKeys(account, settings.idempotencyTtlMs),
    context: () => ({ baseUrl: url, refundSettleMs: settings.refundSettleMs }),
    stopping: stopping.signal,
  });
  const server = buildServer(api, PAYMENT_INTENT_ROUTES);
  await server.app.listen({ port: settings.port, host: settings.host });
  const port = portOf(server.app.server.address());
  url = `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${port}`;
  const stop = async (): Promise<void> => {
    stopping.abort();
    server.dropHanging();
    await server.app.close();
    account.close();
  };
  return { url, port, stop };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The sandbox does not listen on a TCP port.');
  return address.port;
}
