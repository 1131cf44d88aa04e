import { BullModule, getQueueToken } from '@nestjs/bullmq';
import { type DynamicModule, Module } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { CONFIG, type Config } from '../config/index.js';
import { QUEUES } from './queue-names.js';
import { QueueHealth } from './queue-health.js';

const KEEP_COMPLETED = 1_000;
const KEEP_FAILED = 10_000;
const CONNECT_TIMEOUT_MS = 2_000;

/**
 * BullMQ on Redis. A request must never wait for Redis, so the API's connection fails at once while it is away; the worker
 * has nothing else to do and waits.
 */
@Module({})
export class QueueModule {
  static for(process: 'api' | 'worker'): DynamicModule {
    return {
      module: QueueModule,
      global: true,
      imports: [
        BullModule.forRootAsync({
          inject: [CONFIG],
          useFactory: (config: Config) => ({
            connection: {
              url: config.REDIS_URL,
              connectTimeout: CONNECT_TIMEOUT_MS,
              ...(process === 'api' ? { enableOfflineQueue: false } : { maxRetriesPerRequest: null }),
            },
            defaultJobOptions: {
              attempts: 1,
              removeOnComplete: { count: KEEP_COMPLETED },
              removeOnFail: { count: KEEP_FAILED },
            },
          }),
        }),
        BullModule.registerQueue(...QUEUES.map((name) => ({ name }))),
      ],
      providers: [
        {
          provide: QueueHealth,
          inject: QUEUES.map((name) => getQueueToken(name)),
          useFactory: (...queues: Queue[]) => new QueueHealth(queues),
        },
      ],
      exports: [BullModule, QueueHealth],
    };
  }
}
