import { randomBytes } from 'node:crypto';
import { ConfigError, loadConfig, readDatabaseUrl } from './load-config.js';

const SECRET = randomBytes(32).toString('hex');
const STRIPE = { STRIPE_SECRET_KEY: 'sk_live_x', STRIPE_WEBHOOK_SECRET: 'whsec_x' };
const KEY = randomBytes(16).toString('base64url');
const environment = (changes: Readonly<Record<string, string | undefined>> = {}): NodeJS.ProcessEnv => ({
  DATABASE_URL: 'postgres://holdfast@localhost:5432/holdfast',
  REDIS_URL: 'redis://localhost:6379/0',
  JWT_SECRET: SECRET,
  SVC_INTERNAL_KEY: KEY,
  ...changes,
});

function faultsOf(changes: Readonly<Record<string, string | undefined>>): readonly string[] {
  try {
    loadConfig(environment(changes));
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

describe('the configuration', () => {
  it('has defaults for all that is not a secret or an address', () => {
    expect(loadConfig(environment())).toMatchObject({
      NODE_ENV: 'development',
      PORT: 3000,
      HOST: '127.0.0.1',
      HTTP_PREFIX: '',
      TRUST_PROXY: 'false',
      CORS_ORIGINS: [],
      DATABASE_POOL_SIZE: 10,
      STRIPE_API_BASE: 'https://api.stripe.com',
      STRIPE_WEBHOOK_SECRET: [],
      STRIPE_CAPTURE_METHOD: 'automatic',
      RESERVATION_TTL_SECONDS: 900,
      MANUAL_RESERVATION_TTL_SECONDS: 604_800,
      AUTHORIZATION_TTL_SECONDS: 518_400,
      IDEMPOTENCY_TTL_SECONDS: 86_400,
      UNATTACHED_PAYMENT_TTL_SECONDS: 86_400,
      SWEEP_INTERVAL_SECONDS: 5,
      RECONCILE_AFTER_SECONDS: 60,
      RECONCILE_INTERVAL_SECONDS: 60,
      RECONCILE_EVENTS_INTERVAL_SECONDS: 3_600,
      RECONCILE_BOOKS_AFTER_SECONDS: 3_600,
      RATE_LIMIT_PER_MINUTE: 1200,
      KAFKA_BOOTSTRAP: [],
      KAFKA_CLIENT_ID: 'holdfast',
      KAFKA_GROUP_ID: 'holdfast',
      KAFKA_STOCK_TOPIC: '',
      KAFKA_SSL: 'false',
      LOG_LEVEL: 'info',
    });
  });

  it('cannot be changed, and holds nothing else of the environment', () => {
    const config = loadConfig(environment({ HOME: '/home/alice' }));

    expect(Object.isFrozen(config)).toBe(true);
    expect(config).not.toHaveProperty('HOME');
  });

  it('takes an empty variable for an absent one', () => {
    const config = loadConfig(environment({ PORT: '', JWT_ISSUER: '' }));

    expect(config.PORT).toBe(3000);
    expect(config.JWT_ISSUER).toBeUndefined();
  });

  it('splits lists', () => {
    const config = loadConfig(
      environment({ STRIPE_WEBHOOK_SECRET: 'whsec_new, whsec_old,', CORS_ORIGINS: 'https://a' }),
    );

    expect(config.STRIPE_WEBHOOK_SECRET).toEqual(['whsec_new', 'whsec_old']);
    expect(config.CORS_ORIGINS).toEqual(['https://a']);
  });

  it('lists every fault at once, those between variables as well', () => {
    expect(
      faultsOf({
        NODE_ENV: 'production',
        DATABASE_URL: undefined,
        REDIS_URL: 'http://localhost',
        PORT: '70000',
        JWT_SECRET: undefined,
        JWT_ALGORITHM: 'ES256',
      }),
    ).toEqual([
      'PORT: must be a whole number from 0 to 65535',
      'DATABASE_URL: is required',
      'REDIS_URL: must be a URL that starts with redis:// or rediss://',
      'JWT_SECRET: is required unless JWT_JWKS_URL is set',
      'JWT_ALGORITHM: ES256 needs JWT_JWKS_URL',
      'STRIPE_SECRET_KEY: is required in production',
      'STRIPE_WEBHOOK_SECRET: is required in production',
    ]);
  });

  it('never prints a value', () => {
    const secret = 'changeme-but-this-one-is-a-real-value';

    expect(() => loadConfig(environment({ JWT_SECRET: secret, DATABASE_URL: `mysql://alice:${secret}@db/x` }))).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(secret) }),
    );
  });

  it.each([
    ['too short', 'x7Qp2mZ9', 'must be at least 32 bytes long'],
    ['a placeholder', 'change-me-change-me-change-me-change-me', 'is a default or a placeholder, not a secret'],
    ['another placeholder', 'YOUR_SECRET_KEY_GOES_HERE_1234567890', 'is a default or a placeholder, not a secret'],
    ['of words that all use', 'this-is-my-super-secret-jwt-key-2026', 'is a default or a placeholder, not a secret'],
    ['counted up', '12345678901234567890123456789012', 'is a default or a placeholder, not a secret'],
    ['one character over and over', 'b'.repeat(40), 'repeats too few characters to be a secret'],
    [
      'short and everybody’s',
      'test-admin',
      'must be at least 32 bytes long, and is a default or a placeholder, not a secret',
    ],
  ])('refuses a secret that is %s, and says how to make one', (_, secret, reason) => {
    expect(faultsOf({ JWT_SECRET: secret })).toEqual([`JWT_SECRET: ${reason}; make one with: openssl rand -hex 32`]);
  });

  it('names every fault of JWT_SECRET=secret', () => {
    expect(faultsOf({ NODE_ENV: 'production', JWT_SECRET: 'secret', ...STRIPE })).toEqual([
      'JWT_SECRET: must be at least 32 bytes long, and is a default or a placeholder, not a secret, and repeats too few characters to be a secret; make one with: openssl rand -hex 32',
    ]);
  });

  it('refuses an internal key that is short or a placeholder', () => {
    expect(faultsOf({ SVC_INTERNAL_KEY: 'short-key' })).toEqual([
      'SVC_INTERNAL_KEY: must be at least 16 bytes long; make one with: openssl rand -hex 16',
    ]);
    expect(faultsOf({ SVC_INTERNAL_KEY: undefined })).toEqual(['SVC_INTERNAL_KEY: is required']);
  });

  it.each([
    [{ JWT_ALGORITHM: 'HS512' }, 'JWT_ALGORITHM'],
    [{ JWT_ALGORITHM: 'none' }, 'JWT_ALGORITHM'],
    [{ JWT_ALGORITHM: 'RS256' }, 'JWT_ALGORITHM'],
    [{ JWT_ALGORITHM: 'HS256', JWT_JWKS_URL: 'https://id.example.com/jwks.json' }, 'JWT_ALGORITHM'],
    [{ JWT_JWKS_URL: 'file:///etc/keys.json' }, 'JWT_JWKS_URL'],
    [{ HTTP_PREFIX: 'order' }, 'HTTP_PREFIX'],
    [{ HTTP_PREFIX: '/order/' }, 'HTTP_PREFIX'],
    [{ HTTP_PREFIX: '/a b' }, 'HTTP_PREFIX'],
    [{ PORT: 'http' }, 'PORT'],
    [{ PORT: '-1' }, 'PORT'],
    [{ PORT: '80.5' }, 'PORT'],
    [{ PORT: '8e1' }, 'PORT'],
    [{ PORT: '0x50' }, 'PORT'],
    [{ PORT: ' 80' }, 'PORT'],
    [{ RESERVATION_TTL_SECONDS: '0' }, 'RESERVATION_TTL_SECONDS'],
    [{ RATE_LIMIT_PER_MINUTE: '-1' }, 'RATE_LIMIT_PER_MINUTE'],
    [{ LOG_LEVEL: 'verbose' }, 'LOG_LEVEL'],
    [{ TRUST_PROXY: '1' }, 'TRUST_PROXY'],
    [{ NODE_ENV: 'staging' }, 'NODE_ENV'],
    [{ STRIPE_API_BASE: 'api.stripe.com' }, 'STRIPE_API_BASE'],
    [{ KAFKA_BOOTSTRAP: 'broker-1:9092,broker-2' }, 'KAFKA_BOOTSTRAP'],
    [{ KAFKA_BOOTSTRAP: 'kafka://broker:9092' }, 'KAFKA_BOOTSTRAP'],
    [{ KAFKA_GROUP_ID: 'two words' }, 'KAFKA_GROUP_ID'],
    [{ KAFKA_STOCK_TOPIC: 'stock/events' }, 'KAFKA_STOCK_TOPIC'],
    [{ KAFKA_SASL_USERNAME: 'alice', KAFKA_SASL_PASSWORD: 'x' }, 'KAFKA_SASL_MECHANISM'],
    [{ KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_PASSWORD: 'x' }, 'KAFKA_SASL_USERNAME'],
    [{ KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_SASL_USERNAME: 'alice' }, 'KAFKA_SASL_PASSWORD'],
  ])('refuses %j', (changes, variable) => {
    expect(faultsOf(changes)).toEqual([expect.stringContaining(`${variable}: `)]);
  });

  it('takes several brokers, by name and by address', () => {
    expect(loadConfig(environment({ KAFKA_BOOTSTRAP: 'kafka-1.local:9092, [::1]:9093' })).KAFKA_BOOTSTRAP).toEqual([
      'kafka-1.local:9092',
      '[::1]:9093',
    ]);
  });

  it('sends no password of a broker in the clear in production', () => {
    const signIn = { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'alice', KAFKA_SASL_PASSWORD: 'x' };
    const stripe = { STRIPE_SECRET_KEY: 'sk_live_1234', STRIPE_WEBHOOK_SECRET: 'whsec_1' };

    expect(faultsOf({ NODE_ENV: 'production', ...stripe, ...signIn })).toEqual([
      'KAFKA_SSL: plain needs true in production',
    ]);
    expect(faultsOf({ NODE_ENV: 'production', ...stripe, ...signIn, KAFKA_SSL: 'true' })).toEqual([]);
    expect(faultsOf(signIn)).toEqual([]);
  });

  it.each(['', '/order', '/gateway/v2/order', '/~team/a.b_c-d'])('takes the prefix %j', (prefix) => {
    expect(loadConfig(environment({ HTTP_PREFIX: prefix })).HTTP_PREFIX).toBe(prefix);
  });

  it('needs no secret of ours where an identity provider signs', () => {
    const changes = { JWT_SECRET: undefined, JWT_JWKS_URL: 'https://id.example.com/jwks.json', JWT_ALGORITHM: 'ES256' };

    expect(faultsOf(changes)).toEqual([]);
  });
});

describe('the database URL alone', () => {
  it('needs nothing else', () => {
    expect(readDatabaseUrl({ DATABASE_URL: 'postgresql://db/x' })).toBe('postgresql://db/x');
  });

  it.each([
    [{}, 'DATABASE_URL: is required'],
    [{ DATABASE_URL: 'mysql://db/x' }, 'DATABASE_URL: must be a URL that starts with postgres:// or postgresql://'],
  ])('is refused in %j', (given, fault) => {
    expect(() => readDatabaseUrl(given)).toThrow(expect.objectContaining({ faults: [fault] }));
  });
});
