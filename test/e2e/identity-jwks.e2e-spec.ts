import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { startApi, type TestApi } from '../support/api.js';
import { type CountingServer, startCountingServer } from '../support/http-server.js';
import { signJwt } from '../support/tokens.js';

interface Signer {
  readonly alg: 'RS256' | 'ES256' | 'PS256';
  readonly kid: string;
  readonly jwk: JWK;
  sign(claims?: object, header?: object): Promise<string>;
}

let rsa: Signer;
let ec: Signer;
let stranger: Signer;
let pss: Signer;
let provider: CountingServer;
let elsewhere: CountingServer;
let api: TestApi;

async function signer(alg: Signer['alg'], kid: string): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const sign = (claims: object = {}, header: object = {}): Promise<string> =>
    new SignJWT({ sub: 'alice', roles: ['customer'], ...claims })
      .setProtectedHeader({ alg, kid, ...header })
      .setExpirationTime('10m')
      .sign(privateKey);
  return { alg, kid, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }, sign };
}

beforeAll(async () => {
  [rsa, ec] = [await signer('RS256', 'rsa-1'), await signer('ES256', 'ec-1')];
  [stranger, pss] = [await signer('RS256', 'rsa-1'), await signer('PS256', 'pss-1')];
  provider = await startCountingServer(() => ({ keys: [rsa.jwk, ec.jwk, pss.jwk] }));
  elsewhere = await startCountingServer(() => ({ keys: [stranger.jwk] }));
  api = await startApi({ config: { JWT_SECRET: '', JWT_JWKS_URL: `${provider.url}/jwks.json` } });
});
afterAll(async () => {
  await api.close();
  await provider.stop();
  await elsewhere.stop();
});

const statusOf = async (token: string): Promise<number> => (await api.bearer(token).get('/v1/cart')).status;

describe('tokens of an identity provider', () => {
  it('let people in with RS256 and with ES256', async () => {
    expect(await statusOf(await rsa.sign())).toBe(200);
    expect(await statusOf(await ec.sign())).toBe(200);
  });

  it('carry roles', async () => {
    const admin = api.bearer(await ec.sign({ roles: ['admin'] }));
    const customer = api.bearer(await ec.sign());

    expect((await admin.get('/v1/admin/orders')).status).toBe(200);
    expect((await customer.get('/v1/admin/orders')).status).toBe(403);
  });

  it('are checked with keys that are fetched once', async () => {
    for (let round = 0; round < 5; round += 1) await statusOf(await rsa.sign());

    expect(provider.requests).toEqual(['/jwks.json']);
  });

  it('are refused when another key signed them under a known key id', async () => {
    expect(await statusOf(await stranger.sign())).toBe(401);
  });

  it('are refused when the algorithm is not on the list, whoever signed', async () => {
    expect(await statusOf(await pss.sign())).toBe(401);
  });

  it('are refused when the public key is taken for an HMAC secret', async () => {
    const claims = { sub: 'alice', exp: Math.floor(Date.now() / 1_000) + 600 };
    const forged = [
      signJwt({ alg: 'HS256', kid: 'rsa-1' }, claims, JSON.stringify(rsa.jwk)),
      signJwt({ alg: 'HS256', kid: 'rsa-1' }, claims, Buffer.from(rsa.jwk.n ?? '', 'base64url')),
      signJwt({ alg: 'RS256', kid: 'rsa-1' }, claims, JSON.stringify(rsa.jwk)),
      signJwt({ alg: 'HS256' }, claims, ''),
    ];

    for (const token of forged) expect(await statusOf(token)).toBe(401);
  });

  it('never send us to another address for a key', async () => {
    const address = `${elsewhere.url}/jwks.json`;
    const forged = [
      await stranger.sign({}, { jku: address }),
      await stranger.sign({}, { jku: address, kid: address }),
      await stranger.sign({}, { x5u: address, jwk: stranger.jwk }),
      await stranger.sign({ iss: elsewhere.url }),
    ];

    for (const token of forged) expect(await statusOf(token)).toBe(401);
    expect(elsewhere.requests).toEqual([]);
  });

  it('do not make us ask again and again for an unknown key id', async () => {
    const before = provider.requests.length;

    for (let round = 0; round < 5; round += 1) await statusOf(await stranger.sign({}, { kid: `unknown-${round}` }));

    expect(provider.requests.length - before).toBeLessThanOrEqual(1);
  });

  it('leave guests with the tokens that we sign ourselves', async () => {
    const { body } = await api.http.post('/v1/guest-sessions').expect(201);

    expect(await statusOf(body.access_token)).toBe(200);
  });
});

describe('an identity provider that does not answer', () => {
  it('makes requests unavailable, and does not make good tokens bad', async () => {
    const gone = await startCountingServer();
    await gone.stop();
    const orphan = await startApi({ config: { JWT_SECRET: '', JWT_JWKS_URL: `${gone.url}/jwks.json` } });

    const answer = await orphan.bearer(await rsa.sign()).get('/v1/cart');
    const health = await orphan.http.get('/health/ready');
    await orphan.close();

    expect(answer.status).toBe(503);
    expect(answer.body.code).toBe('service_unavailable');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(health.status).toBe(200);
  });
});
