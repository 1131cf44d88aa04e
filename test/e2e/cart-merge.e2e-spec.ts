import { GuestTokens } from '../../src/platform/auth/index.js';
import { type ApiClient, startApi, type TestApi } from '../support/api.js';
import { addProduct, type ProductOptions, type TestProduct } from '../support/products.js';
import { recordStatements } from '../support/statements.js';
import { signJwt } from '../support/tokens.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

interface Guest {
  readonly token: string;
  readonly client: ApiClient;
}

const product = (options: ProductOptions = {}) =>
  addProduct((text, parameters) => api.database.query(text, parameters), options);

async function guestWith(items: readonly (readonly [TestProduct, number])[]): Promise<Guest> {
  const { body } = await api.http.post('/v1/guest-sessions').expect(201);
  const token: string = body.access_token;
  const client = api.bearer(token, body.customer_id);
  if (items.length > 0) await fill(client, items);
  return { token, client };
}

async function fill(client: ApiClient, items: readonly (readonly [TestProduct, number])[]): Promise<void> {
  await client
    .put('/v1/cart', { items: items.map(([{ id }, quantity]) => ({ product_id: id, quantity })) })
    .expect(200);
}

const merge = (customer: ApiClient, token: string) => customer.post('/v1/cart/merge', { guest_token: token });
const lines = (body: { items: { product_id: string; quantity: number }[] }): [string, number][] =>
  body.items.map(({ product_id, quantity }) => [product_id, quantity]);

describe('merging a guest’s cart', () => {
  it('moves it into an empty one', async () => {
    const [mug, plate] = [await product(), await product()];
    const guest = await guestWith([
      [mug, 2],
      [plate, 1],
    ]);
    const customer = api.customer();

    const answer = await merge(customer, guest.token);

    expect(answer.status).toBe(200);
    expect(lines(answer.body)).toEqual([
      [mug.id, 2],
      [plate.id, 1],
    ]);
    expect(answer.body).toMatchObject({ subtotal: 3 * 1_250, currency: 'usd', version: 1 });
    expect((await guest.client.get('/v1/cart')).body).toMatchObject({ items: [], version: 2 });
  });

  it('adds quantities up behind what is there', async () => {
    const [mug, plate, bowl] = [await product(), await product(), await product()];
    const guest = await guestWith([
      [plate, 1],
      [mug, 2],
    ]);
    const customer = api.customer();
    await fill(customer, [
      [bowl, 5],
      [mug, 3],
    ]);

    const answer = await merge(customer, guest.token);

    expect(lines(answer.body)).toEqual([
      [bowl.id, 5],
      [mug.id, 5],
      [plate.id, 1],
    ]);
    expect(answer.body.version).toBe(2);
  });

  it('adds once when it is done twice, one after the other or at once', async () => {
    const mug = await product();
    const guest = await guestWith([[mug, 2]]);
    const customer = api.customer();

    const answers = await Promise.all([merge(customer, guest.token), merge(customer, guest.token)]);
    const again = await merge(customer, guest.token);

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(lines(again.body)).toEqual([[mug.id, 2]]);
    expect(again.body.version).toBe(1);
  });

  it('moves a cart to one of two customers who merge it at once', async () => {
    const mug = await product();
    const guest = await guestWith([[mug, 2]]);
    const customers = [api.customer(), api.customer()];

    const answers = await Promise.all(customers.map((customer) => merge(customer, guest.token)));

    expect(answers.flatMap(({ body }) => lines(body))).toEqual([[mug.id, 2]]);
  });

  it('caps a line at 10 000 units', async () => {
    const mug = await product();
    const guest = await guestWith([[mug, 9_000]]);
    const customer = api.customer();
    await fill(customer, [[mug, 9_000]]);

    const answer = await merge(customer, guest.token);

    expect(lines(answer.body)).toEqual([[mug.id, 10_000]]);
  });

  it('leaves out a second currency', async () => {
    const [mug, euro] = [await product(), await product({ currency: 'eur' })];
    const guest = await guestWith([[euro, 1]]);
    const customer = api.customer();
    await fill(customer, [[mug, 1]]);

    const answer = await merge(customer, guest.token);

    expect(answer.status).toBe(200);
    expect(lines(answer.body)).toEqual([[mug.id, 1]]);
    expect((await guest.client.get('/v1/cart')).body.items).toEqual([]);
  });

  it('changes nothing for a guest with an empty cart, or with none', async () => {
    const guest = await guestWith([]);
    const customer = api.customer();

    const answer = await merge(customer, guest.token);

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ items: [], version: 0 });
    expect(await api.database.query('SELECT id FROM carts WHERE customer_id = $1', [customer.id])).toEqual([]);
  });

  it('works for an admin', async () => {
    const mug = await product();
    const guest = await guestWith([[mug, 1]]);

    const answer = await merge(api.admin(`admin_of_${mug.id}`), guest.token);

    expect(lines(answer.body)).toEqual([[mug.id, 1]]);
  });

  it('locks the two carts in ascending id order', async () => {
    const mug = await product();
    const orders: unknown[][] = [];

    for (let round = 0; round < 6; round += 1) {
      const guest = await guestWith([[mug, 1]]);
      const customer = api.customer();
      await fill(customer, [[mug, 1]]);
      const log = await recordStatements(async () => {
        await merge(customer, guest.token);
      });
      orders.push([...log.lockedValues('carts', 'id')]);
    }

    for (const ids of orders) {
      expect(ids).toHaveLength(2);
      expect(ids).toEqual([...ids].sort());
    }
  });
});

describe('a guest token that is none', () => {
  const badTokens: [string, () => Promise<string> | string][] = [
    ['no token', () => 'nonsense'],
    ['empty', () => ''],
    ["a customer's", () => api.tokenFor({ sub: 'somebody' })],
    ['signed by somebody else', () => signJwt({ alg: 'HS256', kid: 'holdfast-guest' }, guestClaims(), 'x'.repeat(32))],
    ['signed with the key of other tokens', () => forgedWithUserKey()],
    ['unsigned', () => `${encode({ alg: 'none', kid: 'holdfast-guest' })}.${encode(guestClaims())}.`],
    ['expired', async () => (await api.app.get(GuestTokens).issue(new Date('2026-01-01T00:00:00Z'))).accessToken],
  ];

  it.each(badTokens)('%s', async (_, make) => {
    const customer = api.customer();

    const answer = await merge(customer, await make());

    expect(answer.status).toBe(422);
    expect(answer.body.code).toBe('guest_token_invalid');
    expect((await customer.get('/v1/cart')).body.version).toBe(0);
  });

  it.each([[{}], [{ guest_token: 1 }], [{ guest_token: null }], [{ guest_token: 'x', customer_id: 'y' }]])(
    'a body like %j is not valid',
    async (body) => {
      const answer = await api.customer().post('/v1/cart/merge', body);

      expect(answer.status).toBe(422);
      expect(answer.body.code).toBe('validation_failed');
    },
  );

  it('lets no guest merge', async () => {
    const mug = await product();
    const [one, other] = [await guestWith([[mug, 1]]), await guestWith([[mug, 1]])];

    const answer = await merge(one.client, other.token);

    expect(answer.status).toBe(403);
    expect(answer.body.code).toBe('forbidden');
    expect(lines((await other.client.get('/v1/cart')).body)).toEqual([[mug.id, 1]]);
  });
});

function guestClaims(): object {
  return { sub: 'guest_01kaf5d3m0e9wtsz1v5b7x2y4q', roles: ['guest'], exp: Math.floor(Date.now() / 1_000) + 600 };
}

function forgedWithUserKey(): string {
  return signJwt({ alg: 'HS256', kid: 'holdfast-guest' }, guestClaims(), api.config.JWT_SECRET ?? '');
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
