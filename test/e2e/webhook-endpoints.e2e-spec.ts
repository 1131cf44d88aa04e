import { newId } from '../../src/kernel/id.js';
import { EVENT_TYPES } from '../../src/webhooks/outbound/event-table.js';
import { startApi, type TestApi } from '../support/api.js';
import { deliverAll, deliveriesTo, makeEndpoint, newSubject, writeEvents } from '../support/deliveries.js';
import { type Receiver, startReceiver } from '../support/receiver.js';

const ROUTE = '/v1/admin/webhook-endpoints';
/** Public, by its number: no test asks a name server. */
const PUBLIC_URL = 'https://93.184.216.34/hook';

let api: TestApi;
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
  api = await startApi({ config: { WEBHOOK_ALLOW_PRIVATE_TARGETS: 'false', LOG_LEVEL: 'debug' } });
});
beforeEach(async () => {
  await api.database.query('DELETE FROM webhook_deliveries');
  await api.database.query('DELETE FROM webhook_endpoints');
});
afterAll(async () => {
  await api.close();
  await receiver.stop();
});

const count = async (): Promise<number> => (await api.admin().get(ROUTE).expect(200)).body.total_count;

describe('a webhook endpoint', () => {
  it('is made, shown, changed and deleted by an admin', async () => {
    const admin = api.admin();
    const { body: made } = await admin
      .post(ROUTE, { url: PUBLIC_URL, event_types: ['order.paid', 'refund.*'], description: 'mail', enabled: true })
      .expect(201);
    const { secret, ...shown } = made;
    const { body: got } = await admin.get(`${ROUTE}/${made.id}`).expect(200);
    const { body: list } = await admin.get(`${ROUTE}?limit=1`).expect(200);
    const { body: changed } = await admin
      .patch(`${ROUTE}/${made.id}`, { url: `${PUBLIC_URL}/2`, event_types: ['*'], description: '', enabled: false })
      .expect(200);
    const { body: same } = await admin.patch(`${ROUTE}/${made.id}`, {}).expect(200);
    const { body: deleted } = await admin.delete(`${ROUTE}/${made.id}`).expect(200);

    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(shown).toEqual({
      id: made.id,
      url: PUBLIC_URL,
      event_types: ['order.paid', 'refund.*'],
      description: 'mail',
      enabled: true,
      disabled_reason: null,
      disabled_at: null,
      failing_since: null,
      paused_until: null,
      previous_secret_until: null,
      created_at: made.created_at,
      updated_at: made.created_at,
    });
    expect(made.id).toMatch(/^whe_/);
    expect(got).toEqual(shown);
    expect(list).toEqual({ webhook_endpoints: [shown], total_count: 1, limit: 1, offset: 0, has_more: false });
    expect(changed).toMatchObject({ url: `${PUBLIC_URL}/2`, event_types: ['*'], description: '', enabled: false });
    expect(changed.disabled_at).not.toBeNull();
    expect({ ...same, updated_at: changed.updated_at }).toEqual(changed);
    expect(deleted).toMatchObject({ id: made.id, enabled: false });
    expect((await admin.get(`${ROUTE}/${made.id}`)).body.code).toBe('webhook_endpoint_not_found');
    expect(await count()).toBe(0);
  });

  it('is told of everything where nothing else is said', async () => {
    const { body } = await api.admin().post(ROUTE, { url: PUBLIC_URL }).expect(201);

    expect(body).toMatchObject({ event_types: ['*'], description: '', enabled: true });
  });

  it.each([
    ['no URL', {}, 'url'],
    ['a URL that is none', { url: 7 }, 'url'],
    ['a member that nobody knows', { url: PUBLIC_URL, secret: 'whsec_mine' }, 'secret'],
    ['an id of its own', { url: PUBLIC_URL, id: newId('whe') }, 'id'],
    ['null for a description', { url: PUBLIC_URL, description: null }, 'description'],
    ['a word for enabled', { url: PUBLIC_URL, enabled: 'yes' }, 'enabled'],
    ['no event at all', { url: PUBLIC_URL, event_types: [] }, 'event_types'],
    ['an event twice', { url: PUBLIC_URL, event_types: ['order.paid', 'order.paid'] }, 'event_types'],
    ['a number for an event', { url: PUBLIC_URL, event_types: [1] }, 'event_types'],
  ])('is not made with %s', async (_, body, field) => {
    const before = await count();

    const answer = await api.admin().post(ROUTE, body).expect(422);

    expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ field }] });
    expect(await count()).toBe(before);
  });

  it.each(['order.payed', 'order', 'orders.*', '*.paid', '**', ''])(
    'is not made for %j, and says which events there are',
    async (type) => {
      const { body } = await api
        .admin()
        .post(ROUTE, { url: PUBLIC_URL, event_types: ['order.paid', type] })
        .expect(422);

      expect(body).toMatchObject({ code: 'validation_failed', errors: [{ field: 'event_types.1' }] });
      for (const known of EVENT_TYPES) expect(body.errors[0].message).toContain(known);
    },
  );

  it.each([
    ['plain http', 'http://93.184.216.34/hook'],
    ['this machine', 'https://127.0.0.1/hook'],
    ['this machine by its name', 'https://localhost/hook'],
    ['this machine in decimal', 'https://2130706433/hook'],
    ['this machine in octal', 'https://0177.0.0.1/hook'],
    ['this machine in hexadecimal', 'https://0x7f.1/hook'],
    ['this machine in IPv6', 'https://[::1]/hook'],
    ['a mapped address', 'https://[::ffff:7f00:1]/hook'],
    ['NAT64', 'https://[64:ff9b::a9fe:a9fe]/hook'],
    ['6to4', 'https://[2002:7f00:1::]/hook'],
    ['the metadata of a cloud', 'https://169.254.169.254/latest/meta-data'],
    ['a private network', 'https://10.0.0.5/hook'],
    ['a name with a dot at its end', 'https://shop.example./hook'],
    ['credentials', 'https://user:word@93.184.216.34/hook'],
    ['another port', 'https://93.184.216.34:6/hook'],
  ])('never leads to %s', async (_, url) => {
    const before = await count();
    const made = await makeEndpoint(api, PUBLIC_URL);

    const created = await api.admin().post(ROUTE, { url });
    const changed = await api.admin().patch(`${ROUTE}/${made.id}`, { url });

    expect([created, changed].map(({ status, body }) => [status, body.code, body.field])).toEqual([
      [422, 'webhook_url_refused', 'url'],
      [422, 'webhook_url_refused', 'url'],
    ]);
    expect((await api.admin().get(`${ROUTE}/${made.id}`)).body.url).toBe(PUBLIC_URL);
    await api.admin().delete(`${ROUTE}/${made.id}`).expect(200);
    expect(await count()).toBe(before);
  });

  it('that was stored when more was allowed is not called any more', async () => {
    const { id } = await makeEndpoint(api, PUBLIC_URL);
    await api.database.query('UPDATE webhook_endpoints SET enabled = false, disabled_at = now() WHERE id <> $1', [id]);
    await api.database.query('UPDATE webhook_endpoints SET url = $2 WHERE id = $1', [id, `${receiver.url}/hook`]);
    await writeEvents(api, newSubject(), 1);

    await deliverAll(api);

    expect(await deliveriesTo(api, id)).toMatchObject([
      { status: 'pending', attempts: 1, response_status: null, last_error: 'TARGET_NOT_ALLOWED' },
    ]);
    expect(receiver.at('/hook')).toEqual([]);
  });

  it('keeps its secret from the database, the log and every later answer', async () => {
    const { id, secret } = await makeEndpoint(api, PUBLIC_URL);
    const { body: rotated } = await api.admin().post(`${ROUTE}/${id}/rotate-secret`).expect(200);

    const stored = JSON.stringify(await api.database.query('SELECT * FROM webhook_endpoints'));
    const shown = JSON.stringify((await api.admin().get(`${ROUTE}?limit=100`)).body);

    for (const text of [stored, shown, api.logs.text]) {
      expect(text).not.toContain('whsec_');
      for (const each of [secret, rotated.secret]) expect(text).not.toContain(each.slice('whsec_'.length, -1));
    }
    expect(api.logs.named('webhook_secret_rotated')).toMatchObject([
      { webhook_endpoint_id: id, actor_id: 'admin_alice' },
    ]);
  });

  it('that is unknown is answered 404 on every route', async () => {
    const admin = api.admin();
    const id = newId('whe');
    const range = { from: '2026-11-20T10:00:00Z', to: '2026-11-20T11:00:00Z' };

    const answers = await Promise.all([
      admin.get(`${ROUTE}/${id}`),
      admin.get(`${ROUTE}/nonsense`),
      admin.patch(`${ROUTE}/${id}`, { enabled: true }),
      admin.delete(`${ROUTE}/${id}`),
      admin.post(`${ROUTE}/${id}/rotate-secret`),
      admin.post(`${ROUTE}/${id}/test`),
      admin.post(`${ROUTE}/${id}/replay`, range),
      admin.get(`${ROUTE}/${id}/deliveries`),
    ]);

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(
      answers.map(() => [404, 'webhook_endpoint_not_found']),
    );
  });

  it('is the hundredth at most', async () => {
    await api.database.query(
      `INSERT INTO webhook_endpoints (id, url, event_types, secret, enabled, disabled_at)
       SELECT 'whe_' || lpad(n::text, 26, '0'), $1, '{*}', 'sealed', false, now() FROM generate_series(1, 99) n`,
      [PUBLIC_URL],
    );

    const answers = await Promise.all([1, 2, 3].map(() => api.admin().post(ROUTE, { url: PUBLIC_URL })));

    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
      code: 'webhook_endpoint_limit_reached',
      limit: 100,
    });
    expect(await count()).toBe(100);
  });
});
