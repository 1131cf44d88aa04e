import { randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import { loadConfig } from '../config/index.js';
import { GuestTokens } from './guest-tokens.js';
import { TokenVerifier } from './token-verifier.js';

const SECRET = randomBytes(32).toString('hex');
const config = loadConfig({
  DATABASE_URL: 'postgres://localhost/holdfast_test',
  REDIS_URL: 'redis://localhost/15',
  JWT_SECRET: SECRET,
  SVC_INTERNAL_KEY: randomBytes(16).toString('hex'),
});
const guests = new GuestTokens(config);
const verifier = new TokenVerifier(config, guests);

const identityOf = async (claims: Record<string, unknown>) =>
  verifier.verify(
    await new SignJWT({ sub: 'alice', ...claims })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('5m')
      .sign(new TextEncoder().encode(SECRET)),
  );

describe('who a token names', () => {
  it.each([
    [undefined, 'customer'],
    [[], 'customer'],
    [['customer'], 'customer'],
    [['guest'], 'guest'],
    [['guest', 'customer'], 'customer'],
    [['admin'], 'admin'],
    [['customer', 'admin'], 'admin'],
    [['Admin', 'ADMIN', ' admin'], 'customer'],
    ['admin', 'customer'],
    [{ admin: true }, 'customer'],
    [[['admin']], 'customer'],
  ])('with roles %j is a %s', async (roles, kind) => {
    expect(await identityOf({ roles })).toEqual({ id: 'alice', kind, email: null });
  });

  it.each(['alice@example.com', 'a.b+c@sub.example.co.uk', 'zoë@exämple.de'])(
    'may have the email %s',
    async (email) => {
      expect((await identityOf({ email })).email).toBe(email);
    },
  );

  it.each([
    ['without a domain', 'alice'],
    ['with a NUL', 'ali\u0000ce@example.com'],
    ['with a line break', 'alice@example.com\nbcc: bob'],
    ['with a space', 'alice smith@example.com'],
    ['too long', `alice@${'x'.repeat(300)}.com`],
    ['empty', ''],
    ['a number', 7],
    ['a list', ['alice@example.com']],
    ['null', null],
  ])('has no email that is %s', async (_, email) => {
    expect((await identityOf({ email })).email).toBeNull();
  });
});

describe('a guest token', () => {
  it('names its guest until it expires', async () => {
    const session = await guests.issue(new Date());

    expect(await verifier.verify(session.accessToken)).toEqual({ id: session.customerId, kind: 'guest', email: null });
  });

  it('is over after 30 days', async () => {
    const session = await guests.issue(new Date(Date.now() - 31 * 86_400_000));

    await expect(verifier.verify(session.accessToken)).rejects.toMatchObject({
      code: 'unauthorized',
      message: 'The token has expired.',
    });
  });

  it('of another installation names nobody', async () => {
    const other = new GuestTokens({ ...config, SVC_INTERNAL_KEY: randomBytes(16).toString('hex') });
    const session = await other.issue(new Date());

    await expect(verifier.verify(session.accessToken)).rejects.toMatchObject({ code: 'unauthorized' });
  });
});
