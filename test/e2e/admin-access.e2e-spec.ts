import { newId } from '../../src/kernel/id.js';
import { startApi, type TestApi } from '../support/api.js';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

interface Operation {
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

interface Route {
  readonly method: string;
  readonly path: string;
  readonly name: string;
  readonly operation: Operation;
}

let api: TestApi;
let schemas: Readonly<Record<string, Schema>>;
let routes: readonly Route[];

// Nothing is written down here: what there is and who may call it, the document of the running service says.
beforeAll(async () => {
  api = await startApi({ stripe: true });
  const { body } = await api.http.get('/openapi.json').expect(200);
  schemas = body.components.schemas;
  routes = Object.entries<Record<string, Operation>>(body.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      ...{ method: method.toUpperCase(), path, operation },
      name: `${method.toUpperCase()} ${path}`,
    })),
  );
});
afterAll(() => api.close());

const securityOf = ({ operation }: Route) => operation.security ?? [{ bearer: [] }];
const asksFor = (route: Route, credential: string) => securityOf(route).some((each) => credential in each);
const isPublic = (route: Route) => securityOf(route).some((each) => Object.keys(each).length === 0);
const isAdmin = ({ path }: Route) => path.startsWith('/v1/admin/');

const MAKERS: Readonly<Record<string, (schema: Schema) => unknown>> = {
  object: ({ properties = {}, required = [] }) =>
    Object.fromEntries(required.map((name) => [name, valueOf(properties[name] ?? {})])),
  array: ({ items = {} }) => [valueOf(items)],
  integer: ({ minimum = 1 }) => minimum,
  number: ({ minimum = 1 }) => minimum,
  boolean: () => true,
};

/** A value that the schema allows; of an object, only what is required. */
function valueOf(schema: Schema): unknown {
  const { $ref, allOf, enum: words = ['text'] } = schema;
  const referred = $ref === undefined ? allOf?.[0] : schemas[$ref.split('/').at(-1) ?? ''];
  if (referred !== undefined) return valueOf(referred);
  const make = MAKERS[schema.type ?? 'string'];
  return make ? make(schema) : words[0];
}

/** `status code` of the answer; a stream is hung up on as soon as it begins. */
async function ask({ method, path, operation }: Route, headers: Readonly<Record<string, string>>): Promise<string> {
  const schema = operation.requestBody?.content['application/json']?.schema;
  const hangUp = new AbortController();
  const answer = await fetch(`${api.url}${path.replace(/\{\w+\}/g, newId('ord'))}`, {
    method,
    headers: { 'Idempotency-Key': newId('key'), ...headers, ...(schema && { 'content-type': 'application/json' }) },
    signal: AbortSignal.any([hangUp.signal, AbortSignal.timeout(5_000)]),
    ...(schema && { body: JSON.stringify(valueOf(schema)) }),
  });
  const isProblem = answer.headers.get('content-type')?.startsWith('application/problem+json') === true;
  const problem: { code?: string } = isProblem ? JSON.parse(await answer.text()) : {};
  hangUp.abort();
  return isProblem ? `${answer.status} ${problem.code}` : String(answer.status);
}

/** Who gets past the guard of which routes: each answer by the name of its route. */
async function askAll(
  asked: readonly Route[],
  headers: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  for (const route of asked) answers[route.name] = await ask(route, headers);
  return answers;
}

const all = (asked: readonly Route[], answer: string) => Object.fromEntries(asked.map(({ name }) => [name, answer]));
const turnedAway = (answers: Record<string, string>) =>
  Object.entries(answers).filter(([, answer]) => /^(?:401 unauthorized|403|5\d\d)/.test(answer));

//
describe('the routes of the admin', () => {
  const admin = () => routes.filter(isAdmin);

  it('are many, for orders, payments, refunds, stock and products, and none of them is public', () => {
    const rooms = new Set(admin().map(({ path }) => path.split('/')[3]));

    expect(admin().length).toBeGreaterThan(20);
    expect([...rooms]).toEqual(expect.arrayContaining(['orders', 'payments', 'refunds', 'inventory', 'products']));
    expect(admin().filter((route) => isPublic(route) || !asksFor(route, 'bearer'))).toEqual([]);
  });

  it('answer 401 without a token, with a wrong one and with the internal key', async () => {
    const answers = [
      await askAll(admin(), {}),
      await askAll(admin(), { Authorization: 'Bearer not.a.token' }),
      await askAll(admin(), api.internal().headers),
    ];

    for (const each of answers) expect(each).toEqual(all(admin(), '401 unauthorized'));
  });

  it('answer 403 to a customer and to a guest', async () => {
    const { body: session } = await api.http.post('/v1/guest-sessions').expect(201);

    const customer = await askAll(admin(), api.customer().headers);
    const guest = await askAll(admin(), { Authorization: `Bearer ${session.access_token}` });

    expect(customer).toEqual(all(admin(), '403 forbidden'));
    expect(guest).toEqual(all(admin(), '403 forbidden'));
  });

  it('let an admin in, and answer 200 where nothing has to be named', async () => {
    const answers = await askAll(admin(), api.admin().headers);

    const lists = admin().filter(({ method, path }) => method === 'GET' && !path.includes('{'));
    expect(turnedAway(answers)).toEqual([]);
    expect(Object.fromEntries(lists.map(({ name }) => [name, answers[name]]))).toEqual(all(lists, '200'));
    expect(lists.length).toBeGreaterThan(3);
  });
});

//
describe('the other routes', () => {
  it('are open to everybody where they say so', async () => {
    const open = routes.filter(isPublic);

    const answers = await askAll(open, {});

    expect(turnedAway(answers)).toEqual([]);
    expect(Object.keys(answers)).toEqual(expect.arrayContaining(['GET /v1/products', 'POST /v1/guest-sessions']));
  });

  it('need a token where they ask for one, and a customer’s will do', async () => {
    const customers = routes.filter((route) => asksFor(route, 'bearer') && !isAdmin(route));

    const nobody = await askAll(customers, {});
    const customer = await askAll(customers, api.customer().headers);

    expect(nobody).toEqual(all(customers, '401 unauthorized'));
    expect(turnedAway(customer)).toEqual([]);
    expect(Object.keys(customer)).toEqual(expect.arrayContaining(['POST /v1/orders/checkout', 'GET /v1/cart']));
  });

  it('need the internal key where they ask for that alone: no token replaces it', async () => {
    const internal = routes.filter((route) => asksFor(route, 'internal') && !asksFor(route, 'bearer'));

    const without = [
      await askAll(internal, {}),
      await askAll(internal, { 'X-Internal-Key': 'wrong' }),
      await askAll(internal, api.customer().headers),
      await askAll(internal, api.admin().headers),
    ];
    const withKey = await askAll(internal, api.internal().headers);

    for (const each of without) expect(each).toEqual(all(internal, '401 unauthorized'));
    expect(turnedAway(withKey)).toEqual([]);
    expect(internal.length).toBeGreaterThan(0);
  });

  it('take the internal key beside a token where they say so, and a wrong one not even with it', async () => {
    const both = routes.filter((route) => asksFor(route, 'internal') && asksFor(route, 'bearer'));

    const withKey = await askAll(both, api.internal().headers);
    const withWrongKey = await askAll(both, { ...api.admin().headers, 'X-Internal-Key': 'wrong' });

    expect(turnedAway(withKey)).toEqual([]);
    expect(withWrongKey).toEqual(all(both, '401 unauthorized'));
    expect(Object.keys(withKey)).toEqual(['PATCH /v1/orders/{id}/pay']);
  });
});
