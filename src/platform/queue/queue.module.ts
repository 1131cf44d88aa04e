import { BullModule, getQueueToken } from '@nestjs/bullmq';
import { Global, Module } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { CONFIG, type Config } from '../config/index.js';
import { QueueConnection } from './queue-connection.js';
import { QueueHealth } from './queue-health.js';
import { QUEUES } from './queue-names.js';

const KEEP_COMPLETED = 1_000;
const KEEP_FAILED = 10_000;
const CONNECT_TIMEOUT_MS = 2_000;

@Global()
@Module({ providers: [QueueConnection], exports: [QueueConnection] })
class QueueConnectionModule {}

/** BullMQ on Redis. All who put jobs in share one connection that never waits; the workers have nothing else to do and wait. */
@Global()
@Module({
  imports: [
    BullModule.forRootAsync({
      inject: [CONFIG],
      useFactory: (config: Config) => ({
        connection: { url: config.REDIS_URL, connectTimeout: CONNECT_TIMEOUT_MS, maxRetriesPerRequest: null },
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
        imports: [QueueConnectionModule],
        inject: [QueueConnection],
        useFactory: ({ client }: QueueConnection) => ({ connection: client }),
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
