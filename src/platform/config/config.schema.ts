import { z } from 'zod';
import { oneOf, secret, seconds, url, whole } from './variable-kinds.js';

/** Each part of a path is checked by itself: one expression for all of it would backtrack. */
function isPathPrefix(text: string): boolean {
  const [first, ...parts] = text.split('/');
  return first === '' && parts.every((part) => /^[A-Za-z0-9._~-]+$/.test(part));
}

const list = z
  .string()
  .default('')
  .transform((text) => text.split(',').map((part) => part.trim()))
  .transform((parts) => parts.filter((part) => part !== ''));

const HOST_AND_PORT = /^[^\s:/,]+:\d{1,5}$|^\[[\da-fA-F:.]+\]:\d{1,5}$/;

const kafkaName = z
  .string()
  .regex(/^[\w.-]{1,249}$/, 'must be letters, digits, dots, dashes and underscores')
  .default('holdfast');

const shape = {
  NODE_ENV: oneOf('development', 'test', 'production')
    .default('development')
    .describe('production refuses weak secrets'),
  PORT: whole(0, 65_535).default(3000).describe('port of the API'),
  HOST: z.string().min(1).default('127.0.0.1').describe('address that the API listens on'),
  HTTP_PREFIX: z
    .string()
    .refine(isPathPrefix, 'must be empty or a path such as /order, without a slash at the end')
    .default('')
    .describe('path in front of every route, for a gateway'),
  TRUST_PROXY: oneOf('true', 'false').default('false').describe('true behind a proxy that sets X-Forwarded-For'),
  CORS_ORIGINS: list.describe('origins that browsers may call from, comma-separated'),
  DATA_DIR: z.string().min(1).default('.holdfast').describe('where npm start keeps embedded services and dev secrets'),
  DATABASE_URL: url('postgres:', 'postgresql:').describe('PostgreSQL 15 or newer'),
  DATABASE_POOL_SIZE: whole(2, 200).default(10).describe('connections per process'),
  REDIS_URL: url('redis:', 'rediss:').describe('Redis 6.2 or newer; the path is the database number'),
  JWT_SECRET: secret(32).optional().describe('HS256 secret, 32 bytes at least, unless JWT_JWKS_URL is set'),
  JWT_ALGORITHM: oneOf('HS256', 'RS256', 'ES256').optional().describe('HS256 with the secret, RS256 with a JWKS URL'),
  JWT_JWKS_URL: url('http:', 'https:').optional().describe('key set of an identity provider'),
  JWT_ISSUER: z.string().min(1).optional().describe('required issuer of tokens'),
  JWT_AUDIENCE: z.string().min(1).optional().describe('required audience of tokens'),
  SVC_INTERNAL_KEY: secret(16).describe('key of other services, in X-Internal-Key'),
  STRIPE_SECRET_KEY: z
    .string()
    .min(8, 'is too short to be a key of Stripe')
    .optional()
    .describe('sk_…; without it npm start runs the sandbox'),
  STRIPE_WEBHOOK_SECRET: list.describe('whsec_…, comma-separated while it is rotated'),
  STRIPE_API_BASE: url('http:', 'https:').default('https://api.stripe.com').describe("Stripe's API or a sandbox"),
  // Two calls one after the other have to end within the 15 s that a checkout may take.
  STRIPE_TIMEOUT_MS: whole(50, 7_000)
    .default(7_000)
    .describe('how long a call to Stripe may take, in milliseconds; after that its outcome is unknown'),
  STRIPE_CAPTURE_METHOD: oneOf('automatic', 'manual')
    .default('automatic')
    .describe('manual: orders are authorized, and an admin captures the money later'),
  RESERVATION_TTL_SECONDS: seconds(900).describe('how long stock is held for an unpaid order'),
  MANUAL_RESERVATION_TTL_SECONDS: seconds(604_800).describe('the same for orders paid outside Stripe'),
  // Stripe lets an authorization go after seven days: ours ends a day before, so that stock and money end together.
  AUTHORIZATION_TTL_SECONDS: seconds(518_400).describe(
    'how long an authorized order waits to be captured, with its stock held; then the authorization is released',
  ),
  IDEMPOTENCY_TTL_SECONDS: seconds(86_400).describe('how long an idempotency key is remembered'),
  UNATTACHED_PAYMENT_TTL_SECONDS: seconds(86_400).describe('when a standalone payment without an order is refunded'),
  SWEEP_INTERVAL_SECONDS: seconds(5).describe('how often the worker looks for what no job rang for'),
  RECONCILE_AFTER_SECONDS: seconds(60).describe('age at which an open payment is looked up at Stripe'),
  RECONCILE_INTERVAL_SECONDS: seconds(60).describe('how often it is looked up'),
  RECONCILE_EVENTS_INTERVAL_SECONDS: seconds(3_600).describe(
    'how often Stripe is asked for events that did not arrive',
  ),
  RECONCILE_BOOKS_AFTER_SECONDS: seconds(3_600).describe(
    'how long after midnight (UTC) the books of the day before are compared with Stripe',
  ),
  LOW_STOCK_THRESHOLD: whole(0, 1_000_000)
    .default(5)
    .describe('units from which down a product is announced as low; 0: only once it is sold out'),
  EVENT_SOURCE: z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'must be a URI reference')
    .default('/holdfast')
    .describe('who events come from, a URI reference; differs where one consumer hears several shops'),
  EVENT_RETENTION_DAYS: whole(1, 3_650).default(90).describe('how long published events can be read again'),
  RATE_LIMIT_PER_MINUTE: whole(0, 10_000_000).default(1200).describe('per principal; 0 is off'),
  WEBHOOK_TIMEOUT_MS: whole(100, 60_000)
    .default(15_000)
    .describe('how long a receiver of our webhooks may take to answer, in milliseconds'),
  WEBHOOK_CONCURRENCY: whole(1, 100)
    .default(10)
    .describe('deliveries under way to one webhook endpoint at a time, for each worker'),
  WEBHOOK_DISABLE_AFTER_DAYS: whole(1, 365)
    .default(5)
    .describe('after so many days of nothing but failures a webhook endpoint is disabled'),
  WEBHOOK_SECRET_OVERLAP_SECONDS: seconds(86_400).describe(
    'how long both secrets of a webhook endpoint sign after one was rotated',
  ),
  WEBHOOK_SECRETS_KEY: list
    .pipe(z.array(secret(32)))
    .describe('seals the secrets of webhook endpoints; a list while it is rotated; else made from SVC_INTERNAL_KEY'),
  WEBHOOK_ALLOW_PRIVATE_TARGETS: oneOf('true', 'false')
    .optional()
    .describe('whether webhooks go to plain http and private addresses too; unset: not in production'),
  KAFKA_BOOTSTRAP: list
    .refine((brokers) => brokers.every((broker) => HOST_AND_PORT.test(broker)), 'must be host:port, comma-separated')
    .describe('brokers of Kafka, host:port, comma-separated; empty: no broker'),
  KAFKA_CLIENT_ID: kafkaName.describe('name of this service in the logs of the broker'),
  KAFKA_GROUP_ID: kafkaName.describe('consumer group of all workers that share one database'),
  KAFKA_STOCK_TOPIC: z
    .string()
    .regex(/^[\w.-]{0,249}$/, 'must be the name of a topic')
    .default('')
    .describe('topic for events about stock; empty: they stay in the feed'),
  KAFKA_SSL: oneOf('true', 'false').default('false').describe('true: TLS to the brokers, certificates checked'),
  KAFKA_SASL_MECHANISM: oneOf('plain', 'scram-sha-256', 'scram-sha-512')
    .optional()
    .describe('how to sign in at the brokers; empty: not at all'),
  KAFKA_SASL_USERNAME: z.string().min(1).optional().describe('with KAFKA_SASL_MECHANISM'),
  KAFKA_SASL_PASSWORD: z.string().min(1).optional().describe('with KAFKA_SASL_MECHANISM'),
  GIT_COMMIT: z
    .string()
    .max(64, 'must be at most 64 characters long')
    .optional()
    .describe('commit that was built, shown at /v1/_info'),
  LOG_LEVEL: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent').default('info').describe('pino level'),
} as const;

/** Every environment variable that Holdfast reads: the one place where names, defaults and limits are written. */
export const configShape = shape;
export const configSchema = z.object(shape);
export type Config = Readonly<z.output<typeof configSchema>>;
