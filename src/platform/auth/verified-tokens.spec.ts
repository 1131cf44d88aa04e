import { SignJWT } from 'jose';
import type { Identity } from './identity.js';
import { VerifiedTokens } from './verified-tokens.js';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const alice: Identity = { id: 'alice', kind: 'customer', email: null };

const tokenFor = (sub: string, expiresInSeconds: number): Promise<string> =>
  new SignJWT({ sub })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(NOW / 1_000 + expiresInSeconds)
    .sign(new TextEncoder().encode('a secret of at least 32 characters'));

describe('a token that was verified', () => {
  it('is known for a minute', async () => {
    const tokens = new VerifiedTokens();
    const token = await tokenFor('alice', 3_600);

    tokens.keep(token, alice, NOW);

    expect(tokens.find(token, NOW + 59_999)).toEqual(alice);
    expect(tokens.find(token, NOW + 60_000)).toBeUndefined();
    expect(tokens.find(token, NOW)).toBeUndefined();
  });

  it('is not known beyond its own time', async () => {
    const tokens = new VerifiedTokens();
    const token = await tokenFor('alice', 10);

    tokens.keep(token, alice, NOW);

    expect(tokens.find(token, NOW + 9_999)).toEqual(alice);
    expect(tokens.find(token, NOW + 10_000)).toBeUndefined();
  });

  it('is another one with any other character', async () => {
    const tokens = new VerifiedTokens();
    const token = await tokenFor('alice', 3_600);
    tokens.keep(token, alice, NOW);

    expect(tokens.find(`${token}A`, NOW)).toBeUndefined();
    expect(tokens.find(await tokenFor('bob', 3_600), NOW)).toBeUndefined();
  });

  it('makes room for others', async () => {
    const tokens = new VerifiedTokens();
    const [first, last] = [await tokenFor('first', 3_600), await tokenFor('last', 3_600)];
    const [head = '', payload = ''] = first.split('.');
    tokens.keep(first, alice, NOW);
    for (let n = 0; n < 10_000; n += 1) tokens.keep(`${head}.${payload}.${n}`, alice, NOW);

    tokens.keep(last, alice, NOW);

    expect(tokens.find(first, NOW)).toBeUndefined();
    expect(tokens.find(last, NOW)).toEqual(alice);
  });
});
