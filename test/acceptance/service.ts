import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { ApiModule } from '../../src/api.module.js';
import { type Config, loadConfig } from '../../src/platform/config/index.js';
import { configureHttp, createFastifyAdapter } from '../../src/platform/http/index.js';
import { STRIPE } from '../../src/platform/stripe/index.js';
import { ApiClient } from '../support/api-client.js';
import { useOwnDatabase, withRollback, workerDatabaseUrl } from '../support/database.js';
import { LogLines } from '../support/log-lines.js';
import { addProduct, type ProductOptions } from '../support/products.js';
import { useRedis } from '../support/redis.js';
import { type StripeMock, stripeMock } from '../support/stripe-mock.js';
import { signToken } from '../support/tokens.js';

export const ADDRESS = { line1: '1 Main St', city: 'Austin', state: 'TX', postal_code: '73301', country: 'US' };

/** The whole API with its real PostgreSQL and Redis, and with Stripe mocked at the SDK. */
export interface Service {
  readonly app: NestFastifyApplication;
  readonly stripe: StripeMock;
  readonly redis: ReturnType<typeof useRedis>;
  customer(sub?: string): ApiClient;
  admin(): ApiClient;
  internal(): ApiClient;
  /** Requests without credentials. */
  anybody(): ApiClient;
  rows<Row extends object>(text: string, parameters?: readonly unknown[]): Promise<Row[]>;
  product(options?: ProductOptions): Promise<string>;
  stock(productId: string): Promise<{ on_hand: number; reserved: number }>;
}

/**
 * Registers hooks: the service once per file, an empty Redis database 15 before each test, and each test inside one
 * PostgreSQL transaction that is rolled back after it. With `committed`, the file has a database of its own instead, for
 * tests that need real commits.
 */
export function useService({ committed = false }: { committed?: boolean } = {}): Service {
  const redis = useRedis();
  const source = committed ? useOwnDatabase() : withRollback();
  const stripe = stripeMock();
  const secret = randomBytes(32).toString('hex');
  const internalKey = randomBytes(24).toString('hex');
  let app: NestFastifyApplication | undefined;

  beforeAll(async () => {
    const config = loadConfig({
      NODE_ENV: 'test',
      DATABASE_URL: workerDatabaseUrl(),
      REDIS_URL: redis.url,
      JWT_SECRET: secret,
      SVC_INTERNAL_KEY: internalKey,
      STRIPE_WEBHOOK_SECRET: stripe.webhookSecret,
      RATE_LIMIT_PER_MINUTE: '0',
    });
    app = await boot(config, source.dataSource, stripe);
  });
  afterAll(() => app?.close());

  const running = (): NestFastifyApplication => {
    if (!app) throw new Error('the service runs inside hooks and tests only');
    return app;
  };
  const call = (headers: Record<string, string>, id = 'nobody') => new ApiClient(originOf(running()), id, headers);
  const signedIn = (sub: string, role: 'customer' | 'admin') =>
    call({ Authorization: `Bearer ${signToken({ sub, role, email: `${sub}@example.com` }, secret)}` }, sub);
  const rows = async <Row extends object>(text: string, parameters: readonly unknown[] = []): Promise<Row[]> =>
    source.dataSource.query(text, [...parameters]);
  return {
    get app() {
      return running();
    },
    stripe,
    redis,
    rows,
    customer: (sub = `customer_${randomBytes(6).toString('hex')}`) => signedIn(sub, 'customer'),
    admin: () => signedIn('admin_alice', 'admin'),
    internal: () => call({ 'X-Internal-Key': internalKey }, 'internal'),
    anybody: () => call({}),
    product: async (options = {}) => (await addProduct(rows, { unitPrice: 2_500, onHand: 10, ...options })).id,
    stock: async (productId) => {
      const [level] = await rows<{ on_hand: number; reserved: number }>(
        'SELECT on_hand, reserved FROM stock_levels WHERE product_id = $1',
        [productId],
      );
      if (!level) throw new Error(`product ${productId} has no stock`);
      return level;
    },
  };
}

async function boot(config: Config, dataSource: DataSource, stripe: StripeMock): Promise<NestFastifyApplication> {
  const module = await Test.createTestingModule({ imports: [ApiModule.of(config, new LogLines())] })
    .overrideProvider(DataSource)
    .useValue(dataSource)
    .overrideProvider(STRIPE)
    .useValue(stripe.sdk)
    .compile();
  const app = module.createNestApplication<NestFastifyApplication>(createFastifyAdapter(config), {
    bodyParser: false,
    logger: false,
  });
  await configureHttp(app, config);
  await app.listen(0, '127.0.0.1');
  return app;
}

function originOf(app: NestFastifyApplication): string {
  const address = app.getHttpServer().address();
  if (address === null || typeof address === 'string') throw new Error('the service does not listen');
  return `http://127.0.0.1:${address.port}`;
}
