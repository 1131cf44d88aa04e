import type { AddressInfo } from 'node:net';
import { Account } from './account.js';
import { registerControl } from './control/control.js';
import { Faults } from './faults.js';
import { IdempotencyKeys } from './http/idempotency.js';
import { STRIPE_ROUTES } from './http/routes/index.js';
import { buildServer, type Server } from './http/server.js';
import { StripeApi } from './http/stripe-api.js';
import { settingsOf, type SandboxOptions, type Settings } from './options.js';
import { authenticatePage } from './pages/authenticate.page.js';
import { indexPage } from './pages/index.page.js';
import { RefundClock } from './refund-clock.js';
import { Webhooks } from './webhooks/webhooks.js';

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
  const webhooks = new Webhooks(webhookTiming(settings), settings.webhooks);
  const account = new Account({ dataFile: settings.data, now: settings.now, webhookUrls: () => webhooks.urls() });
  const address = { url: '' };
  const stopping = new AbortController();
  const server = assemble({ settings, account, webhooks, address, stopping: stopping.signal });
  try {
    await server.app.listen({ port: settings.port, host: settings.host });
  } catch (error) {
    account.close();
    throw error;
  }
  const port = portOf(server.app.server.address());
  address.url = `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${port}`;
  webhooks.attach(account);
  const refunds = new RefundClock(account);
  let stopped: Promise<void> | undefined;
  const shutDown = async (): Promise<void> => {
    stopping.abort();
    refunds.stop();
    webhooks.stop();
    server.dropHanging();
    await server.app.close();
    account.close();
  };
  return { url: address.url, port, stop: () => (stopped ??= shutDown()) };
}

interface Assembly {
  readonly settings: Settings;
  readonly account: Account;
  readonly webhooks: Webhooks;
  /** Filled once the port is known. */
  readonly address: { readonly url: string };
  readonly stopping: AbortSignal;
}

function assemble({ settings, account, webhooks, address, stopping }: Assembly): Server {
  const faults = new Faults();
  const context = () => ({ baseUrl: settings.publicUrl ?? address.url, refundSettleMs: settings.refundSettleMs });
  const keys = new IdempotencyKeys(account, settings.idempotencyTtlMs);
  const api = new StripeApi({ account, faults, keys, context, searchLagMs: settings.searchLagMs, stopping });
  const server = buildServer(api, STRIPE_ROUTES);
  registerControl(server.app, { account, faults, webhooks, context });
  indexPage(server.app, { account, context });
  authenticatePage(server.app, { account, context });
  return server;
}

function webhookTiming({ webhookTimeoutMs, webhookAttempts, webhookBackoffMs }: Settings) {
  return { timeoutMs: webhookTimeoutMs, attempts: webhookAttempts, backoffMs: webhookBackoffMs };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The sandbox does not listen on a TCP port.');
  return address.port;
}
