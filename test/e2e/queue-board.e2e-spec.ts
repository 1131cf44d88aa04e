import { getQueueToken } from '@nestjs/bullmq';
import type { Queue } from 'bullmq';
import { PAYMENTS_QUEUE, QUEUES } from '../../src/platform/queue/index.js';
import { startRedis } from '../../tools/services.js';
import { type ApiClient, startApi, type TestApi } from '../support/api.js';
import { eventually } from '../support/poll.js';

const BOARD = '/gateway/v1/admin/queues';

let redis: Awaited<ReturnType<typeof startRedis>>;
let api: TestApi;
beforeAll(async () => {
  redis = await startRedis();
  api = await startApi({ config: { REDIS_URL: `${redis.url}/15`, HTTP_PREFIX: '/gateway' } });
});
afterAll(async () => {
  await api.close();
  await redis.stop();
});

const queue = (): Queue => api.app.get<Queue>(getQueueToken(PAYMENTS_QUEUE), { strict: false });
const scripts = (page: string): string[] =>
  [...page.matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map(([, file]) => `${BOARD}/${file}`);

describe('the board of the queues', () => {
  it('is a page for admins, whose files load under the prefix and the content security policy', async () => {
    const page = await api.admin().get(BOARD).expect(200);

    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toContain(`default-src 'self'`);
    expect(page.text).toContain(`<base href="${BOARD}/" />`);
    expect(page.text).toContain('<title>Holdfast queues</title>');
    expect(page.text).not.toMatch(/<%/);
    // Scripts without a file are refused by the policy; what is left is data.
    expect(page.text).not.toMatch(/<script(?![^>]*\bsrc=)(?![^>]*type="application\/json")/);
    expect(scripts(page.text).length).toBeGreaterThan(4);
    for (const file of scripts(page.text)) await api.admin().get(file).expect(200);
  });

  it('is the same page where a browser is reloaded on it', async () => {
    const page = await api.admin().get(BOARD).expect(200);

    const again = await api.admin().get(`${BOARD}/queue/payments`).expect(200);

    expect(again.text).toBe(page.text);
  });

  it('shows every queue with its jobs, and tries a failed one again', async () => {
    const job = await queue().add('settle-payment', { paymentId: 'pay_1' }, { delay: 3_600_000 });

    const { body } = await api
      .admin()
      .get(`${BOARD}/api/queues?activeQueue=payments&status=delayed&page=1`)
      .expect(200);
    const promoted = await api.admin().put(`${BOARD}/api/queues/payments/${job.id}/promote`, {});

    expect(body.queues.map(({ name }: { name: string }) => name).sort()).toEqual([...QUEUES].sort());
    const shown = body.queues.find(({ name }: { name: string }) => name === 'payments');
    expect(shown.jobs).toMatchObject([{ id: job.id, name: 'settle-payment', data: { paymentId: 'pay_1' } }]);
    expect(promoted.status).toBeLessThan(300);
    expect(await queue().getJobCounts('waiting', 'delayed')).toEqual({ waiting: 1, delayed: 0 });
  });

  //
  it.each([
    ['get', ''],
    ['get', '/queue/payments'],
    ['get', '/static/favicon.ico'],
    ['get', '/api/queues'],
    ['get', '/api/redis/stats'],
    ['post', '/api/queues/payments/add'],
    ['put', '/api/queues/payments/pause'],
    ['put', '/api/queues/payments/clean/failed'],
    ['patch', '/api/queues/payments/1'],
  ] as const)('lets nobody but an admin %s %s', async (method, path) => {
    const ask = (caller: ApiClient) => caller[method](`${BOARD}${path}`);
    const { body: guest } = await api.http.post('/gateway/v1/guest-sessions').expect(201);

    const answers = [
      await api.http[method](`${BOARD}${path}`),
      await ask(api.internal()),
      await ask(api.customer()),
      await ask(api.bearer(guest.access_token)),
    ];

    expect(answers.map(({ status, body }) => `${status} ${body.code}`)).toEqual([
      ...['401 unauthorized', '401 unauthorized', '403 forbidden', '403 forbidden'],
    ]);
    expect(await queue().isPaused()).toBe(false);
  });

  it.each([
    '/nothing',
    '/api/nothing',
    '/static/nothing.js',
    '/static/..%2f..%2fpackage.json',
    '/static/%2e%2e/index.ejs',
  ])('has nothing at %s', async (path) => {
    const answer = await api.admin().get(`${BOARD}${path}`);

    expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  it('says of a queue that is none that it is not there', async () => {
    const answer = await api.admin().get(`${BOARD}/api/queues/nonsense/1`);

    expect(answer.status).toBe(404);
  });

  it('says that it cannot tell while Redis is away, and tells again when it is back', async () => {
    const port = Number(new URL(redis.url).port);
    await redis.stop();
    try {
      const answers = [
        await api.admin().get(`${BOARD}/api/queues`),
        await api.admin().put(`${BOARD}/api/queues/payments/pause`, {}),
      ];

      for (const { status, body, headers } of answers) {
        expect([status, body.code]).toEqual([503, 'service_unavailable']);
        expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      }
      await api.admin().get(BOARD).expect(200);
    } finally {
      redis = await startRedis({ port });
    }
    await eventually(() => api.admin().get(`${BOARD}/api/queues`).expect(200), { withinMs: 10_000 });
  });
});
