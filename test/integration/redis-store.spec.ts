import { randomBytes } from 'node:crypto';
import { Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import { loadConfig } from '../../src/platform/config/index.js';
import { RedisStore } from '../../src/platform/redis/index.js';
import { eventually } from '../support/poll.js';
import { useRedis } from '../support/redis.js';

const redis = useRedis();
let store: RedisStore;

beforeAll(async () => {
  store = new RedisStore(
    loadConfig({
      DATABASE_URL: 'postgres://localhost/holdfast_test',
      REDIS_URL: redis.url,
      JWT_SECRET: randomBytes(32).toString('hex'),
      SVC_INTERNAL_KEY: randomBytes(16).toString('hex'),
    }),
  );
  await eventually(async () => expect(await store.isReachable()).toBe(true));
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => store.onApplicationShutdown());

describe('what is written at the same moment', () => {
  it('leaves together and is done in its order', async () => {
    const sent = jest.spyOn(Socket.prototype, 'write');

    await Promise.all([store.put('a', '1', 60), store.putAll(['b', 'c'], '2', 60), store.drop('a', 'c')]);

    expect(sent).toHaveBeenCalledTimes(1);
    sent.mockRestore();
    expect(await redis.client.mget('a', 'b', 'c')).toEqual([null, '2', null]);
    expect(await redis.client.ttl('b')).toBeGreaterThan(50);
  });

  it('is done but for what Redis refuses, which is told in the log', async () => {
    const told = jest.spyOn(Logger.prototype, 'debug').mockImplementation();

    await Promise.all([store.put('a', '1', -1), store.put('b', '2', 60)]);

    expect(await redis.client.mget('a', 'b')).toEqual([null, '2']);
    expect(told).toHaveBeenCalledWith(expect.objectContaining({ msg: 'redis_command_failed' }));
  });

  it('is nothing where nothing is', async () => {
    const sent = jest.spyOn(Socket.prototype, 'write');

    await Promise.all([store.drop(), store.putAll([], '1', 60)]);

    expect(sent).not.toHaveBeenCalled();
  });
});
