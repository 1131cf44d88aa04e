import { BullModule, getQueueToken } from '@nestjs/bullmq';
import { Global, Module } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { CONFIG, type Config } from '../config/index.js';
import { QUEUES } from './queue-names.js';
import { QueueHealth } from './queue-health.js';

const KEEP_COMPLETED = 1_000;
const KEEP_FAILED = 10_000;
const CONNECT_TIMEOUT_MS = 2_000;

/**
 * BullMQ on Redis. Whoever puts a job in never waits for Redis, so his connection fails at once while it is away: a bell
 * that does not ring is made good by a sweep. The workers have nothing else to do and wait.
 */
@Global()
@Module({
  imports: [
    BullModule.forRootAsync({
      inject: [CONFIG],
      useFactory: (config: Config) => ({
        connection: { ...connectionTo(config), maxRetriesPerRequest: null },
        defaultJobOptions: {
          attempts: 1,
          removeOnComplete: { count: KEEP_COMPLETED },
          removeOnFail: { count: KEEP_FAILED },
        },
      }),
    }),
    BullModule.registerQueueAsync(
      ...QUEUES.map((name) => ({
        name,
        inject: [CONFIG],
        useFactory: (config: Config) => ({ connection: { ...connectionTo(config), enableOfflineQueue: false } }),
      })),
    ),
  ],
  providers: [
    {
      provide: QueueHealth,
      inject: QUEUES.map((name) => getQueueToken(name)),
      useFactory: (...queues: Queue[]) => new QueueHealth(queues),
    },
  ],
  exports: [BullModule, QueueHealth],
})
export class QueueModule {}

function connectionTo(config: Config): { url: string; connectTimeout: number } {
  return { url: config.REDIS_URL, connectTimeout: CONNECT_TIMEOUT_MS };
}
