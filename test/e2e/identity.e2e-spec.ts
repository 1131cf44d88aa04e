import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { exportSPKI, SignJWT } from 'jose';
import { type ApiClient, startApi, type TestApi } from '../support/api.js';
import { type CountingServer, startCountingServer } from '../support/http-server.js';
import { signJwt } from '../support/tokens.js';

let api: TestApi;
let elsewhere: CountingServer;
beforeAll(async () => {
  elsewhere = await startCountingServer();
  api = await startApi({ config: { JWT_ISSUER: 'https://id.example.com', JWT_AUDIENCE: 'holdfast' } });
});
afterAll(async () => {
  await api.close();
  await elsewhere.stop();
});

const nowSeconds = (): number => Math.floor(Date.now() / 1_000);
const claims = (changes: object = {}): object => ({
  sub: 'alice',
  iss: 'https://id.example.com',
  aud: 'holdfast',
  exp: nowSeconds() + 600,
  ...changes,
});
const without = (...names: string[]): object =>
  Object.fromEntries(Object.entries(claims()).filter(([name]) => !names.includes(name)));
const secret = (): string => api.config.JWT_SECRET ?? '';
const token = (payload: object, header: object = { alg: 'HS256' }, key: string | Buffer = secret()): string =>
  signJwt(header, payload, key);
const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const as = (payload: object): ApiClient => api.bearer(token(payload));

describe('a bearer token', () => {
  it.each([
    ['with subject and expiry alone beside issuer and audience', {}],
    ['with typ access', { typ: 'access' }],
    ['with token_use access', { token_use: 'access' }],
    ['for several audiences', { aud: ['shop', 'holdfast'] }],
    ['with roles of other services', { roles: ['editor', 'customer'] }],
    ['with roles that are no list', { roles: 'admin' }],
    ['with unknown claims', { tenant: 'x', nested: { deep: [1] } }],
    ['with a subject of 255 characters', { sub: 'x'.repeat(255) }],
    ['with a subject of an identity provider', { sub: 'auth0|5f7c8ec7c33c6c004bbafe82' }],
  ])('%s lets a customer in', async (_, changes) => {
    const answer = await as(claims(changes)).get('/v1/cart');

    expect(answer.status).toBe(200);
  });

  it('that expired within the tolerance for clocks lets a customer in', async () => {
    const answer = await as(claims({ exp: nowSeconds() - 1 })).get('/v1/cart');

    expect(answer.status).toBe(200);
  });

  it('is read whatever the case of its scheme', async () => {
    const answer = await api.http.get('/v1/cart').set('Authorization', `bearer ${token(claims())}`);

    expect(answer.status).toBe(200);
  });

  const forged: [string, () => string | Promise<string>][] = [
    ['unsigned', () => `${encode({ alg: 'none' })}.${encode(claims())}.`],
    ['unsigned with alg in odd case', () => `${encode({ alg: 'nOnE' })}.${encode(claims())}.`],
    ['without its signature', () => `${token(claims()).split('.').slice(0, 2).join('.')}.`],
    ['with a changed payload', () => changedPayload()],
    ['signed with another secret', () => token(claims(), { alg: 'HS256' }, 'another-secret-of-32-bytes-length')],
    ['signed with an empty key', () => token(claims(), { alg: 'HS256' }, '')],
    ['that claims HS512 with the right secret', () => token(claims(), { alg: 'HS512' })],
    ['that claims RS256 over an HMAC', () => token(claims(), { alg: 'RS256' })],
    ['signed by an RSA key of its own', () => signedWithOwnRsaKey()],
    ['that takes a public key for the secret', () => keyConfusion()],
    ['with a critical extension', () => token(claims(), { alg: 'HS256', crit: ['x'], x: true })],
    ['with a key id of the guests', () => token(claims(), { alg: 'HS256', kid: 'holdfast-guest' })],
    ['of two parts', () => `${encode({ alg: 'HS256' })}.${encode(claims())}`],
    ['that is no token', () => 'nonsense'],
    ['longer than any token', () => token(claims({ padding: 'x'.repeat(10_000) }))],
  ];

  it.each(forged)('%s is refused', async (_, make) => {
    const answer = await api.bearer(await make()).get('/v1/cart');

    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ code: 'unauthorized', detail: 'The token is not valid.' });
  });

  it.each([
    ['of another issuer', claims({ iss: 'https://evil.example.com' })],
    ['without an issuer', without('iss')],
    ['for another audience', claims({ aud: 'billing' })],
    ['without an audience', without('aud')],
    ['that never expires', without('exp')],
    ['whose expiry is a text', claims({ exp: 'tomorrow' })],
    ['that is not valid yet', claims({ nbf: nowSeconds() + 600 })],
    ['without a subject', without('sub')],
    ['with an empty subject', claims({ sub: '' })],
    ['whose subject is a number', claims({ sub: 12_345 })],
    ['whose subject is a list', claims({ sub: ['alice'] })],
    ['whose subject holds a NUL', claims({ sub: 'ali\u0000ce' })],
    ['whose subject holds a line break', claims({ sub: 'ali\nce' })],
    ['whose subject is too long', claims({ sub: 'x'.repeat(256) })],
    ['whose subject is a system actor', claims({ sub: 'system:stripe' })],
    ['whose subject is the internal caller', claims({ sub: 'internal' })],
    ['that is a refresh token by typ', claims({ typ: 'refresh' })],
    ['that is a refresh token by token_use', claims({ token_use: 'refresh' })],
    ['that is an id token', claims({ token_use: 'id' })],
    ['that is an access token twice over, but refresh once', claims({ typ: 'access', token_use: 'refresh' })],
  ])('%s is refused', async (_, payload) => {
    const answer = await as(payload).get('/v1/cart');

    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ code: 'unauthorized', detail: 'The token is not valid.' });
  });

  it('that expired says so', async () => {
    const answer = await as(claims({ exp: nowSeconds() - 60 })).get('/v1/cart');

    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ code: 'unauthorized', detail: 'The token has expired.' });
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  it.each(['kid', 'jku', 'x5u'])('with an address as %s is refused without a call', async (member) => {
    const header = { alg: 'HS256', [member]: `${elsewhere.url}/keys.json` };

    const answers = [
      await api.bearer(token(claims(), header, 'another-secret-of-32-bytes-length')).get('/v1/cart'),
      await api.bearer(await signedWithOwnRsaKey(header)).get('/v1/cart'),
    ];

    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
    expect(elsewhere.requests).toEqual([]);
  });

  it.each(['../../../dev/null', "x' OR '1'='1", '\u0000', ''])(
    'with the key id %j is read with the secret alone',
    async (kid) => {
      const right = await api.bearer(token(claims(), { alg: 'HS256', kid })).get('/v1/cart');
      const wrong = await api.bearer(token(claims(), { alg: 'HS256', kid }, '')).get('/v1/cart');

      expect([right.status, wrong.status]).toEqual([200, 401]);
    },
  );

  it.each([
    ['nothing', undefined],
    ['an empty text', ''],
    ['the scheme alone', 'Bearer '],
    ['another scheme', 'Basic YWxpY2U6c2VjcmV0'],
    ['two tokens', 'Bearer a b'],
  ])('is missing where the header holds %s', async (_, header) => {
    const request = api.http.get('/v1/cart');
    if (header !== undefined) void request.set('Authorization', header);

    const answer = await request;

    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ code: 'unauthorized', status: 401 });
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  it('never reaches the log', async () => {
    const refused = token(claims(), { alg: 'HS256' }, 'another-secret-of-32-bytes-length');
    const accepted = token(claims());

    await api.bearer(refused).get(`/v1/cart?access_token=${accepted}`);
    await api.bearer(accepted).get('/v1/cart');

    expect(api.logs.text).not.toContain(refused);
    expect(api.logs.text).not.toContain(accepted);
  });
});

describe('a guest session', () => {
  it('is an anonymous customer with a token of 30 days', async () => {
    const before = Date.now();

    const answer = await api.http.post('/v1/guest-sessions');

    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      customer_id: expect.stringMatching(/^guest_[0-7][0-9a-hjkmnp-tv-z]{25}$/),
      expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    const days = (Date.parse(answer.body.expires_at) - before) / 86_400_000;
    expect(Math.round(days)).toBe(30);
  });

  it('is another customer each time', async () => {
    const [one, other] = [await api.http.post('/v1/guest-sessions'), await api.http.post('/v1/guest-sessions')];

    expect(one.body.customer_id).not.toBe(other.body.customer_id);
  });

  it('reaches customer routes and nothing above', async () => {
    const { body } = await api.http.post('/v1/guest-sessions').expect(201);
    const guest = api.bearer(body.access_token);

    const answers = [await guest.get('/v1/cart'), await guest.get('/v1/orders'), await guest.get('/v1/admin/orders')];

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 403]);
  });

  it('takes no members', async () => {
    const answer = await api.http.post('/v1/guest-sessions').send({ roles: ['admin'] });

    expect(answer.status).toBe(422);
    expect(answer.body.code).toBe('validation_failed');
  });

  it('is not made by the secret of other tokens', async () => {
    const forged = token(
      { sub: 'guest_01kaf5d3m0e9wtsz1v5b7x2y4q', roles: ['guest'], exp: nowSeconds() + 600 },
      {
        alg: 'HS256',
        kid: 'holdfast-guest',
      },
    );

    const answer = await api.bearer(forged).get('/v1/cart');

    expect(answer.status).toBe(401);
  });
});

//
describe('admin routes', () => {
  interface Route {
    readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
    readonly path: string;
  }

  async function adminRoutes(): Promise<Route[]> {
    const { body } = await api.http.get('/openapi.json').expect(200);
    return Object.entries<object>(body.paths).flatMap(([path, methods]) =>
      path.startsWith('/v1/admin') ? Object.keys(methods).map((method) => route(method, path)) : [],
    );
  }

  function route(method: string, path: string): Route {
    switch (method) {
      case 'get':
      case 'post':
      case 'put':
      case 'patch':
      case 'delete':
        return { method, path: path.replaceAll(/\{\w+\}/g, 'prod_01kaf5d3m0e9wtsz1v5b7x2y4q') };
      default:
        throw new Error(`${method} ${path} is not covered`);
    }
  }

  const call = (client: ApiClient, { method, path }: Route) =>
    method === 'get' || method === 'delete' ? client[method](path) : client[method](path, {});

  it('answer 401 without a token, and 401 to the internal key', async () => {
    const routes = await adminRoutes();
    const nobody = api.bearer('');

    const statuses = [];
    for (const one of routes) {
      statuses.push((await call(nobody, one)).status, (await call(api.internal(), one)).status);
    }

    expect(routes.length).toBeGreaterThan(5);
    expect(new Set(statuses)).toEqual(new Set([401]));
  });

  it('answer 403 to customers and guests, before they look at anything else', async () => {
    const routes = await adminRoutes();
    const { body } = await api.http.post('/v1/guest-sessions').expect(201);
    const callers = [as(claims({ roles: ['customer'] })), as(claims({ roles: [] })), api.bearer(body.access_token)];

    const answers = [];
    for (const one of routes) for (const caller of callers) answers.push(await call(caller, one));

    expect(new Set(answers.map(({ status, body: problem }) => `${status} ${problem.code}`))).toEqual(
      new Set(['403 forbidden']),
    );
  });

  it('answer 200 to an admin where they need no id', async () => {
    const admin = as(claims({ roles: ['customer', 'admin'] }));
    const { body } = await api.http.get('/openapi.json').expect(200);
    const lists = Object.entries<object>(body.paths)
      .filter(([path, methods]) => path.startsWith('/v1/admin') && !path.includes('{') && 'get' in methods)
      .map(([path]) => path);

    const statuses = [];
    for (const path of lists) {
      // A stream of events never ends by itself: the status is all that is waited for.
      const hangUp = new AbortController();
      const answer = await fetch(`${api.url}${path}`, { headers: admin.headers, signal: hangUp.signal });
      hangUp.abort();
      statuses.push([path, answer.status]);
    }

    expect(lists.length).toBeGreaterThan(1);
    expect(statuses).toEqual(lists.map((path) => [path, 200]));
  });
});

describe('the internal key', () => {
  const reservation = { reference: 'pos-1', items: [{ product_id: 'prod_01kaf5d3m0e9wtsz1v5b7x2y4q', quantity: 1 }] };

  it('reaches internal routes without a token', async () => {
    const answer = await api.internal().post('/v1/inventory/reservations', reservation);

    expect(answer.status).toBe(404);
    expect(answer.body.code).toBe('product_not_found');
  });

  it.each([
    ['missing', {}],
    ['wrong', { 'X-Internal-Key': randomBytes(24).toString('hex') }],
    ['empty', { 'X-Internal-Key': '' }],
  ])('is refused when it is %s', async (_, headers) => {
    const answer = await api.http.post('/v1/inventory/reservations').set(headers).send(reservation);

    expect(answer.status).toBe(401);
    expect(answer.body.code).toBe('unauthorized');
  });

  it('is not replaced by the token of an admin', async () => {
    const answer = await as(claims({ roles: ['admin'] })).post('/v1/inventory/reservations', reservation);

    expect(answer.status).toBe(401);
  });

  it('does not reach the routes of a customer', async () => {
    const answer = await api.internal().get('/v1/cart');

    expect(answer.status).toBe(401);
  });
});

function changedPayload(): string {
  const [header, , signature] = token(claims()).split('.');
  return `${header}.${encode(claims({ roles: ['admin'] }))}.${signature}`;
}

function signedWithOwnRsaKey(header: object = {}): Promise<string> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return new SignJWT({ ...claims() }).setProtectedHeader({ ...header, alg: 'RS256' }).sign(privateKey);
}

async function keyConfusion(): Promise<string> {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return token(claims(), { alg: 'HS256', jwk: publicKey.export({ format: 'jwk' }) }, await exportSPKI(publicKey));
}
