import { type DynamicModule, Module } from '@nestjs/common';
import type { DestinationStream } from 'pino';
import { CartModule } from './cart/index.js';
import { CatalogModule } from './catalog/index.js';
import { CheckoutHttpModule } from './checkout/index.js';
import { InventoryModule } from './inventory/index.js';
import { OrdersModule } from './orders/index.js';
import { PaymentsModule } from './payments/index.js';
import { AuditModule } from './platform/audit/index.js';
import { AuthModule } from './platform/auth/index.js';
import { type Config, ConfigModule } from './platform/config/index.js';
import { DatabaseModule } from './platform/database/index.js';
import { IdempotencyModule } from './platform/idempotency/index.js';
import { LoggingModule, ObservabilityModule } from './platform/observability/index.js';
import { OutboxModule } from './platform/outbox/index.js';
import { QueueModule } from './platform/queue/index.js';
import { QueueBoardModule } from './platform/queue-board/index.js';
import { RedisModule } from './platform/redis/index.js';
import { StripeModule } from './platform/stripe/index.js';
import { ReconciliationHttpModule } from './reconciliation/index.js';
import { RefundsModule } from './refunds/index.js';
import { ShippingModule } from './shipping/index.js';
import { WebhooksModule } from './webhooks/index.js';

/** The HTTP process. */
@Module({})
export class ApiModule {
  static of(config: Config, logTo?: DestinationStream): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        ConfigModule.of(config),
        LoggingModule.for('api', logTo),
        DatabaseModule.for('api'),
        RedisModule,
        QueueModule,
        AuditModule,
        OutboxModule,
        IdempotencyModule,
        StripeModule,
        AuthModule,
        ObservabilityModule,
        QueueBoardModule,
        CatalogModule,
        CartModule,
        InventoryModule,
        ShippingModule,
        OrdersModule,
        PaymentsModule,
        RefundsModule,
        CheckoutHttpModule,
        WebhooksModule,
        ReconciliationHttpModule,
      ],
    };
  }
}
