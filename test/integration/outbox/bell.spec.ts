import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { systemActor } from '../../../src/kernel/actor.js';
import { loadConfig } from '../../../src/platform/config/index.js';
import { Outbox, OutboxEar } from '../../../src/platform/outbox/index.js';
import { OutboxBell } from '../../../src/platform/outbox/outbox-bell.js';
import { useOwnDatabase } from '../../support/database.js';
import { eventually } from '../../support/poll.js';

const own = useOwnDatabase();
const actor = systemActor('test', 'trace');
let ear: OutboxEar;
let rings = 0;

beforeAll(() => {
  // It says so each time its connection is taken away here.
  jest.spyOn(Logger.prototype, 'debug').mockImplementation(() => undefined);
  const secrets = { JWT_SECRET: randomBytes(32).toString('hex'), SVC_INTERNAL_KEY: randomBytes(16).toString('hex') };
  ear = new OutboxEar(loadConfig({ DATABASE_URL: own.url, REDIS_URL: 'redis://127.0.0.1:1/15', ...secrets }));
  ear.listen(() => (rings += 1));
});
afterAll(() => ear.onApplicationShutdown());

describe('the bell of the outbox', () => {
  it('is heard once an event is durable, and rings once for many', async () => {
    await eventually(() => expect(rings).toBeGreaterThan(0)); // It is connected.
    const before = rings;
    const { database } = own;
    const outbox = new Outbox(database, new OutboxBell(database));

    await database.transaction(async (tx) => {
      for (let version = 1; version <= 20; version += 1) {
        const data = { type: 'order.paid', version };
        await outbox.append(tx, actor, { type: 'order.paid', aggregateId: 'ord_a', version, data });
      }
    });

    await eventually(() => expect(rings).toBe(before + 1));
  });

  it('is heard again after the connection was lost', async () => {
    await eventually(() => expect(rings).toBeGreaterThan(0));
    const before = rings;

    const ended = await own.dataSource.query(
      `SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity WHERE application_name = 'holdfast-worker-ear'
       AND datname = current_database()`,
    );

    expect(ended).toEqual([{ ended: true }]);
    await eventually(() => expect(rings).toBe(before + 1));
    new OutboxBell(own.database).ring();
    await eventually(() => expect(rings).toBe(before + 2));
  });
});
