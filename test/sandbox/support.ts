import { createServer, type IncomingHttpHeaders } from 'node:http';
import Stripe from 'stripe';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/index.js';

/** A sandbox in this process, the real SDK that talks to it, and a client of its control API. */
export interface Bench {
  readonly sandbox: Sandbox;
  readonly stripe: Stripe;
  readonly control: ReturnType<typeof controlAt>;
}

const running: (() => Promise<void>)[] = [];

/** Stops everything that the tests of a file started; belongs into `afterEach`. */
export async function stopAll(): Promise<void> {
  for (const stop of running.splice(0).reverse()) await stop();
}

export function onStop(stop: () => Promise<void>): void {
  running.push(stop);
}

export async function startBench(options: SandboxOptions = {}): Promise<Bench> {
  const sandbox = await startSandbox({ webhookBackoffMs: 5, ...options });
  onStop(() => sandbox.stop());
  return { sandbox, stripe: stripeAt(sandbox.port), control: controlAt(sandbox.url) };
}

export function stripeAt(
  port: number,
  settings: { key?: string; maxNetworkRetries?: number; timeout?: number } = {},
): Stripe {
  const { key = 'sk_test_sandbox', ...rest } = settings;
  return new Stripe(key, { host: '127.0.0.1', port, protocol: 'http', maxNetworkRetries: 0, timeout: 10_000, ...rest });
}

export function controlAt(url: string) {
  return async (method: string, path: string, body?: object) => {
    const init =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await fetch(`${url}/_sandbox${path}`, { method, ...init });
    return { status: response.status, body: await jsonOf(response) };
  };
}

/** A JSON answer, without a type: assertions on it are the point of a test. */
export async function jsonOf(response: Response) {
  return JSON.parse(await response.text());
}

/** What most tests pay: 50.00 USD, server-side, no redirects. */
export const PAYMENT = {
  amount: 5000,
  currency: 'usd',
  automatic_payment_methods: { enabled: true, allow_redirects: 'never' as const },
} satisfies Stripe.PaymentIntentCreateParams;

export function pay(
  stripe: Stripe,
  more: Partial<Stripe.PaymentIntentCreateParams> = {},
  options: Stripe.RequestOptions = {},
) {
  return stripe.paymentIntents.create({ ...PAYMENT, confirm: true, payment_method: 'pm_card_visa', ...more }, options);
}

/** The error of Stripe's SDK that a call ends with; fails when there is none, or another. */
export async function refusalOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  const error = await call.then(
    () => new Error('Expected a refusal, but the call succeeded.'),
    (reason: unknown) => reason,
  );
  if (error instanceof Stripe.errors.StripeError) return error;
  throw error;
}

/** The id behind a member that may hold an id or an expanded object. */
export function idOf(member: string | { readonly id: string } | null | undefined): string {
  return typeof member === 'string' ? member : (member?.id ?? '');
}

export async function eventTypes(stripe: Stripe): Promise<string[]> {
  const events = await stripe.events.list({ limit: 100 });
  return events.data.map((event) => event.type).reverse();
}

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A webhook receiver. `answer` decides the status of each request by its number, counted from 0. */
export async function startReceiver(answer: (index: number) => number = () => 200) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.statusCode = answer(received.length - 1);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onStop(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The receiver has no port.');
  return { url: `http://127.0.0.1:${address.port}/hooks`, received };
}

export function typesOf(received: readonly Received[]): string[] {
  return received.map(({ body }) => JSON.parse(body).type);
}
