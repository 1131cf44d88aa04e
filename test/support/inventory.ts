import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { Queue } from 'bullmq';
import { EndReservation } from '../../src/inventory/end-reservation.js';
import { InventoryFacade, StockLedgerFacade } from '../../src/inventory/index.js';
import { ReservationRepository } from '../../src/inventory/persistence/reservation.repository.js';
import { StockRepository } from '../../src/inventory/persistence/stock.repository.js';
import { ReservationSigns } from '../../src/inventory/reservation-signs.js';
import { StockNews } from '../../src/inventory/stock-news.js';
import type { Actor } from '../../src/kernel/actor.js';
import { type Config, loadConfig } from '../../src/platform/config/index.js';
import { Database } from '../../src/platform/database/index.js';
import { Outbox } from '../../src/platform/outbox/index.js';
import { OutboxBell } from '../../src/platform/outbox/outbox-bell.js';
import { RESERVATIONS_QUEUE } from '../../src/platform/queue/index.js';
import { RedisStore } from '../../src/platform/redis/index.js';
import type { OwnDatabase } from './database.js';
import { eventually } from './poll.js';
import { workerRedisUrl } from './redis.js';

export const ACTOR: Actor = { id: 'admin_alice', traceId: 'trace-1' };

/** Valid inside hooks and tests, once `beforeAll` has run. */
export interface InventoryUnderTest {
  /** Opens the transactions that the facade works in. */
  readonly database: Database;
  readonly facade: InventoryFacade;
  readonly ledger: StockLedgerFacade;
  /** The application's own connection to Redis. */
  readonly redis: RedisStore;
}

/** Registers hooks: the stock of an own database, with the application's connection to this worker's Redis. */
export function useInventory(own: OwnDatabase): InventoryUnderTest {
  let redis: RedisStore;
  let database: Database;
  let queue: Queue;
  let config: Config;

  beforeAll(async () => {
    // A bell that is still to be rung when the database of the file goes away says so.
    jest.spyOn(Logger.prototype, 'debug').mockImplementation(() => undefined);
    database = new Database(own.dataSource);
    config = loadConfig({
      DATABASE_URL: own.url,
      REDIS_URL: workerRedisUrl(),
      JWT_SECRET: randomBytes(32).toString('hex'),
      SVC_INTERNAL_KEY: randomBytes(16).toString('hex'),
    });
    redis = new RedisStore(config);
    queue = new Queue(RESERVATIONS_QUEUE, { connection: { url: workerRedisUrl() } });
    await eventually(async () => expect(await redis.isReachable()).toBe(true));
  });
  afterAll(async () => {
    await queue.close();
    redis.onApplicationShutdown();
  });

  const news = () => new StockNews(config, new Outbox(database, new OutboxBell(database)));
  return {
    get database() {
      return database;
    },
    get facade() {
      const reservations = new ReservationRepository();
      const signs = new ReservationSigns(redis, queue);
      const end = new EndReservation(database, reservations, signs, news());
      return new InventoryFacade(database, signs, new StockRepository(), reservations, end, news());
    },
    get ledger() {
      return new StockLedgerFacade(new StockRepository(), news());
    },
    get redis() {
      return redis;
    },
  };
}
