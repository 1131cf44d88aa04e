import { startApi, type TestApi } from '../support/api.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

describe('health', () => {
  it('answers that the process lives', async () => {
    const answer = await api.http.get('/health');

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ status: 'ok' });
  });

  it('lists every dependency as up', async () => {
    const answer = await api.http.get('/health/ready');

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      status: 'ok',
      postgres: { status: 'up' },
      redis: { status: 'up' },
      migrations: { status: 'up' },
      queue: { status: 'up' },
    });
  });
});
