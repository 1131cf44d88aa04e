import { type DynamicModule, Module } from '@nestjs/common';
import { CheckoutJobsModule } from './checkout/index.js';
import { AuditModule } from './platform/audit/index.js';
import { GuestTokensModule } from './platform/auth/index.js';
import { type Config, ConfigModule } from './platform/config/index.js';
import { DatabaseModule } from './platform/database/index.js';
import { IdempotencyModule } from './platform/idempotency/index.js';
import { LoggingModule } from './platform/observability/index.js';
import { OutboxModule } from './platform/outbox/index.js';
import { QueueModule } from './platform/queue/index.js';
import { RedisModule } from './platform/redis/index.js';
import { StripeModule } from './platform/stripe/index.js';
import { ReconciliationJobsModule } from './reconciliation/index.js';
import { RefundsJobsModule } from './refunds/index.js';
import { brokerModules, WebhooksJobsModule } from './webhooks/index.js';

/** The job process. */
@Module({})
export class WorkerModule {
  static of(config: Config): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        ConfigModule.of(config),
        LoggingModule.for('worker'),
        DatabaseModule.for('worker'),
        RedisModule,
        QueueModule,
        AuditModule,
        OutboxModule,
        IdempotencyModule,
        StripeModule,
        GuestTokensModule,
        RefundsJobsModule,
        CheckoutJobsModule,
        WebhooksJobsModule,
        ...brokerModules(config),
        ReconciliationJobsModule,
      ],
    };
  }
}
