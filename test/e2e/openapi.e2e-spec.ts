import { startApi, type TestApi } from '../support/api.js';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly allOf?: readonly Schema[];
}

interface Operation {
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema: Schema }>> }>>;
}

interface Route {
  readonly name: string;
  readonly operation: Operation;
}

let api: TestApi;
let routes: Route[];
let schemas: Record<string, Schema>;
let document: { security: unknown; components: { securitySchemes: Record<string, unknown> } };

beforeAll(async () => {
  api = await startApi();
  const { body } = await api.http.get('/openapi.json').expect(200);
  document = body;
  schemas = body.components.schemas;
  routes = Object.entries<Record<string, Operation>>(body.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
  );
});
afterAll(() => api.close());

/** Routes whose answer says nothing that a program would read, or that is no JSON. */
const WITHOUT_SCHEMA = [
  'GET /health',
  'GET /health/ready',
  'GET /v1/_info',
  'GET /metrics',
  'GET /v1/admin/events/stream',
  'GET /v1/admin/queues',
];

function successSchema({ operation }: Route): Schema | undefined {
  const [, success] = Object.entries(operation.responses).find(([status]) => /^2\d\d$/.test(status)) ?? [];
  return success?.content?.['application/json']?.schema;
}

function isDescribed(schema: Schema | undefined): boolean {
  const name = /^#\/components\/schemas\/(\w+)$/.exec(schema?.$ref ?? '')?.[1] ?? '';
  return Object.keys(schemas[name]?.properties ?? {}).length > 0;
}

const securityOf = (name: string) => routes.find((route) => route.name === name)?.operation.security;

describe('the OpenAPI document', () => {
  it('describes what each route answers', () => {
    const silent = routes.filter((route) => !isDescribed(successSchema(route))).map(({ name }) => name);

    expect(routes.length).toBeGreaterThan(30);
    expect(silent.sort()).toEqual([...WITHOUT_SCHEMA].sort());
  });

  it('says of each route that a refusal is a problem document', () => {
    const refusals = routes.map(({ operation }) => operation.responses['default']?.content);

    expect(new Set(refusals.map((content) => JSON.stringify(content)))).toEqual(
      new Set(['{"application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"}}}']),
    );
    expect(Object.keys(schemas['Problem']?.properties ?? {})).toEqual(
      expect.arrayContaining(['type', 'title', 'status', 'detail', 'instance', 'code', 'request_id', 'trace_id']),
    );
  });

  it('says which credential a route asks for', () => {
    expect(document.security).toEqual([{ bearer: [] }]);
    expect(Object.keys(document.components.securitySchemes).sort()).toEqual(['bearer', 'internal']);
    expect(securityOf('GET /v1/cart')).toBeUndefined();
    expect(securityOf('GET /v1/admin/orders')).toBeUndefined();
    expect(securityOf('GET /v1/products')).toEqual([{}]);
    expect(securityOf('POST /v1/guest-sessions')).toEqual([{}]);
    expect(securityOf('GET /health')).toEqual([{}]);
    expect(securityOf('PATCH /v1/orders/{id}/pay')).toEqual([{ bearer: [] }, { internal: [] }]);
    expect(securityOf('POST /v1/inventory/reservations')).toEqual([{ internal: [] }]);
  });

  it('has a checkout for each way to pay that can be sent as it stands', async () => {
    const { body } = await api.http.get('/openapi.json').expect(200);
    const { examples } = body.paths['/v1/orders/checkout'].post.requestBody.content['application/json'];
    const buyer = api.customer();

    const codes: unknown[] = [];
    for (const [name, { value }] of Object.entries<{ value: object }>(examples)) {
      const answer = await buyer.post('/v1/orders/checkout', value, { idempotencyKey: name });
      codes.push(answer.body.code);
    }

    // The bodies are understood: it is the cart that is empty.
    expect(codes).toEqual(Object.keys(examples).map(() => 'order_cart_empty'));
    expect(codes.length).toBeGreaterThan(3);
  });

  it('shows what checkout answers as an order with its payment', () => {
    const members = Object.keys(schemas['Order']?.properties ?? {});

    expect(members).toEqual(
      expect.arrayContaining(['id', 'number', 'status', 'payment_status', 'items', 'allowed_transitions', 'version']),
    );
    expect(Object.keys(schemas['OrderWithPayment']?.properties ?? {})).toEqual([...members, 'payment']);
  });
});
