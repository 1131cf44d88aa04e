import { randomBytes } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { startSandbox, type Sandbox } from '../../sandbox/index.js';
import { SandboxAccount } from '../campaigns/sandbox-account.js';
import { signatureOf, type StripeEvent } from '../support/inbox.js';
import { LogLines } from '../support/log-lines.js';
import { addProduct } from '../support/products.js';
import { signToken } from '../support/tokens.js';
import { MISHAPS, type MishapName } from './mishap.js';
import type { Picture } from './picture.js';
import { brokenPromises } from './promises.js';
import type { ServiceCode } from './service-code.js';
import { ShiftedClock } from './shifted-clock.js';
import { ShopDatabase } from './shop-database.js';

export interface ShopOptions {
  /** A migrated test database of the shop's own. */
  readonly databaseUrl: string;
  /** A test Redis whose database may be flushed. */
  readonly redisUrl: string;
}

/** The headers that say who calls. */
export type Headers = Readonly<Record<string, string>>;

interface Answer {
  readonly status: number;
  readonly body: {
    readonly code?: string;
    readonly id?: string;
    readonly order_id?: string;
    readonly status?: string | number;
    readonly payment_status?: string;
    readonly duplicate?: boolean;
  };
}

type IntentEvent = StripeEvent & {
  readonly data: { readonly object: { readonly metadata: { readonly order_id?: string } } };
};

const CALL_LIMIT_MS = 20_000;
const LOG_SHOWN = 4_000;
const TOO_LONG_AGO_SECONDS = 301;
const READER = { authorization: 'Bearer sk_test_reader' };
const CUSTOMERS = ['customer_0', 'customer_1'];

/**
 * The whole API in this process, on real PostgreSQL and Redis beside a Stripe sandbox that sends no webhook by itself. No
 * worker runs: his use cases are called when the test says so, so that nothing happens by chance. Stripe and the service
 * share a clock that the test can put forward; what PostgreSQL's clock decides about is made due by hand.
 */
export class ShopUnderTest {
  private products: string[] = [];
  private orders: string[] = [];
  private keys = 0;
  private readonly run = randomBytes(6).toString('hex');

  private constructor(
    private readonly code: ServiceCode,
    private readonly app: NestFastifyApplication,
    readonly database: ShopDatabase,
    private readonly sandbox: Sandbox,
    private readonly its: {
      readonly url: string;
      readonly jwtSecret: string;
      readonly webhookSecret: string;
      readonly logs: LogLines;
      readonly clock: ShiftedClock;
    },
  ) {}

  static async start(code: ServiceCode, { databaseUrl, redisUrl }: ShopOptions): Promise<ShopUnderTest> {
    const clock = new ShiftedClock();
    const sandbox = await startSandbox({ now: clock.nowMs });
    Object.assign(code.systemClock, { now: () => new Date(clock.nowMs()) });
    const jwtSecret = randomBytes(32).toString('hex');
    const webhookSecret = `whsec_${randomBytes(24).toString('hex')}`;
    const config = code.loadConfig({
      ...{ NODE_ENV: 'test', LOG_LEVEL: 'info', RATE_LIMIT_PER_MINUTE: '0', PORT: '0' },
      ...{ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, JWT_SECRET: jwtSecret },
      SVC_INTERNAL_KEY: randomBytes(24).toString('hex'),
      STRIPE_SECRET_KEY: `sk_test_${randomBytes(12).toString('hex')}`,
      STRIPE_WEBHOOK_SECRET: webhookSecret,
      STRIPE_API_BASE: sandbox.url,
    });
    const logs = new LogLines();
    const app = await code.createApi(config, logs);
    await app.listen(0, '127.0.0.1');
    const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
    return new ShopUnderTest(code, app, new ShopDatabase(databaseUrl), sandbox, {
      ...{ url, jwtSecret, webhookSecret, logs, clock },
    });
  }

  async stop(): Promise<void> {
    Object.assign(this.code.systemClock, { now: () => new Date() });
    await this.app.close();
    await this.sandbox.stop();
    await this.database.close();
  }

  /** An empty shop with these products on the shelf; everything before is forgotten, at Stripe as well. */
  async open(products: readonly { readonly unitPrice: number; readonly onHand: number }[]): Promise<void> {
    this.its.clock.reset();
    await this.database.empty();
    await this.control('/reset', {});
    this.products = [];
    this.orders = [];
    for (const product of products) this.products.push((await addProduct(this.database.query, product)).id);
  }

  passTime(seconds: number): void {
    this.its.clock.shift(seconds * 1_000);
  }

  productId(place: number): string {
    return this.products[place] ?? 'prod_none';
  }

  orderId(place: number): string {
    return this.orders[place] ?? 'ord_none';
  }

  customer(place: number): Headers {
    return this.signedIn(CUSTOMERS[place] ?? '', 'customer');
  }

  get admin(): Headers {
    return this.signedIn('admin_alice', 'admin');
  }

  picture(): Promise<Picture> {
    return this.database.picture(this.products, CUSTOMERS, this.orders);
  }

  async placeOrder(buyer: Headers, path: string, body: object): Promise<string> {
    const answer = await this.send('POST', path, buyer, body);
    const id = answer.body.order_id ?? answer.body.id;
    if (id !== undefined) this.orders.push(id);
    return told(answer);
  }

  async post(caller: Headers, path: string, body: object = {}): Promise<string> {
    return told(await this.send('POST', path, caller, body));
  }

  async put(caller: Headers, path: string, body: object): Promise<string> {
    return told(await this.send('PUT', path, caller, body));
  }

  async patch(caller: Headers, path: string, body: object): Promise<string> {
    return told(await this.send('PATCH', path, caller, body));
  }

  /** The next call to Stripe that fits goes wrong; none after `work`. */
  async withMishap<T>(name: MishapName | null, match: object, work: () => Promise<T>): Promise<T> {
    if (name === null) return work();
    await this.control('/faults', { ...MISHAPS[name].fault, match });
    try {
      return await work();
    } finally {
      await this.fetchSandbox('/_sandbox/faults', { method: 'DELETE' });
    }
  }

  /** A call to the control API of the sandbox. Answers the status. */
  async control(path: string, body: object): Promise<string> {
    const headers = { 'content-type': 'application/json' };
    const answer = await this.fetchSandbox(`/_sandbox${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return String(answer.status);
  }

  /** The intent of an order at Stripe, whether the service knows of it or not. */
  async intentId(place: number): Promise<string> {
    const list = await this.fetchSandbox('/v1/payment_intents?limit=100', { headers: READER });
    const { data }: { data: { id: string; metadata: { order_id?: string } }[] } = JSON.parse(await list.text());
    return data.find(({ metadata }) => metadata.order_id === this.orderId(place))?.id ?? 'pi_none';
  }

  /** Answers Stripe's status. */
  async confirmAsClient(intentId: string, paymentMethod: string): Promise<string> {
    const answer = await this.fetchSandbox(`/v1/payment_intents/${intentId}/confirm`, {
      method: 'POST',
      headers: READER,
      body: new URLSearchParams({ payment_method: paymentMethod }),
    });
    return String(answer.status);
  }

  async settlePayment(place: number): Promise<void> {
    const { id, expected } = await this.database.paymentOf(this.orderId(place));
    if (expected) await this.app.get(this.code.SettlePayments, { strict: false }).settle(id);
  }

  async expireHold(place: number, overdueSeconds: number): Promise<void> {
    await this.database.makeOverdue(this.orderId(place), overdueSeconds);
    await this.app.get(this.code.ExpireReservations, { strict: false }).execute();
  }

  async submitRefunds(): Promise<void> {
    await this.database.makeRefundsDue();
    await this.app.get(this.code.SubmitRefunds, { strict: false }).sweep();
  }

  /** Posts an event of an order's intent, counted from the oldest and round and round, and works on it. */
  async deliver(place: number, event: number, signed: 'now' | 'too long ago'): Promise<string> {
    const events = (await this.events()).filter((each) => orderOf(each) === this.orderId(place));
    const chosen = events[event % events.length];
    if (!chosen) return 'no event';
    const answer = await this.postEvent(chosen, signed);
    if (answer.status !== 200) return told(answer);
    if (answer.body.duplicate === true) return '200 duplicate';
    await this.app.get(this.code.ProcessEvents, { strict: false }).sweep();
    const { id, due } = await this.database.paymentOf(this.orderId(place));
    if (due) await this.app.get(this.code.SettlePayments, { strict: false }).settle(id);
    return '200 received';
  }

  /** All news arrive, the worker looks after every payment, and all refunds are sent. */
  async letDustSettle(): Promise<void> {
    this.passTime(2);
    for (const event of await this.events()) await this.postEvent(event, 'now');
    await this.app.get(this.code.ProcessEvents, { strict: false }).sweep();
    await this.database.makePaymentsDue();
    await this.app.get(this.code.SettlePayments, { strict: false }).sweep();
    await this.submitRefunds();
  }

  /** Throws with every promise that is broken. For when nothing is under way. */
  async requirePromisesKept(): Promise<void> {
    const broken = await brokenPromises(this.database, await new SandboxAccount(this.sandbox.url).capturedCharges());
    if (broken.length > 0) throw new Error(`promises are broken: ${JSON.stringify(broken, null, 2)}`);
  }

  /** What Stripe has to tell about intents, oldest first. */
  private async events(): Promise<IntentEvent[]> {
    const list = await this.fetchSandbox('/v1/events?limit=100&type=payment_intent.*', { headers: READER });
    const { data, has_more: hasMore }: { data: IntentEvent[]; has_more: boolean } = JSON.parse(await list.text());
    if (hasMore) throw new Error('there are more events than one page of them');
    return data.reverse();
  }

  private async postEvent(event: StripeEvent, signed: 'now' | 'too long ago'): Promise<Answer> {
    const body = JSON.stringify(event);
    const signedAt = Math.floor(this.its.clock.nowMs() / 1_000) - (signed === 'now' ? 0 : TOO_LONG_AGO_SECONDS);
    return this.sendText('POST', '/v1/webhooks/stripe', body, {
      'stripe-signature': signatureOf(body, this.its.webhookSecret, signedAt),
    });
  }

  private send(method: string, path: string, caller: Headers, body: object): Promise<Answer> {
    this.keys += 1;
    return this.sendText(method, path, JSON.stringify(body), {
      ...caller,
      'idempotency-key': `${this.run}-${this.keys}`,
    });
  }

  private async sendText(method: string, path: string, body: string, headers: Headers): Promise<Answer> {
    const answer = await fetch(`${this.its.url}${path}`, {
      ...{ method, body, headers: { 'content-type': 'application/json', ...headers } },
      signal: AbortSignal.timeout(CALL_LIMIT_MS),
    });
    const text = await answer.text();
    // A bare 500 is a defect by contract, and what it was about stands in the log alone.
    if (answer.status === 500) throw new Error(`${method} ${path}: ${this.its.logs.text.slice(-LOG_SHOWN)}`);
    return { status: answer.status, body: JSON.parse(text) };
  }

  private fetchSandbox(path: string, options: RequestInit): Promise<Response> {
    return fetch(`${this.sandbox.url}${path}`, { ...options, signal: AbortSignal.timeout(CALL_LIMIT_MS) });
  }

  private signedIn(sub: string, role: 'customer' | 'admin'): Headers {
    return { authorization: `Bearer ${signToken({ sub, role, email: `${sub}@example.com` }, this.its.jwtSecret)}` };
  }
}

function orderOf(event: IntentEvent): string | undefined {
  return event.data.object.metadata.order_id;
}

/** The code of a refusal, or the state of what was answered. */
function told({ status, body }: Answer): string {
  if (body.code !== undefined) return `${status} ${body.code}`;
  if (body.payment_status !== undefined) return `${status} ${body.status}/${body.payment_status}`;
  return body.status === undefined ? `${status}` : `${status} ${body.status}`;
}
