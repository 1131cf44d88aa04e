import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { DeliveriesFacade } from './deliveries.facade.js';
import { DeliveryBell } from './delivery-bell.js';
import { DeliverySender } from './gateway/delivery-sender.js';
import { SecretSeal } from './gateway/secret-seal.js';
import { TargetGuard, targetPolicy } from './gateway/target-guard.js';
import { AdminDeliveriesController } from './http/admin-deliveries.controller.js';
import { AdminEndpointDeliveriesController } from './http/admin-endpoint-deliveries.controller.js';
import { AdminWebhookEndpointsController } from './http/admin-webhook-endpoints.controller.js';
import { DeliverProcessor } from './jobs/deliver.processor.js';
import { DeliverySweeps } from './jobs/delivery-sweeps.js';
import { WebhookDeliveryEntity } from './persistence/delivery.entity.js';
import { DeliveryRepository } from './persistence/delivery.repository.js';
import { WebhookEndpointEntity } from './persistence/endpoint.entity.js';
import { WebhookEndpointRepository } from './persistence/endpoint.repository.js';
import { PublishedEventRepository } from './persistence/published-event.repository.js';
import { DeliveryQuery } from './queries/delivery.query.js';
import { DueEndpointsQuery } from './queries/due-endpoints.query.js';
import { EndpointQuery } from './queries/endpoint.query.js';
import { CreateEndpoint } from './use-cases/create-endpoint.use-case.js';
import { DeleteEndpoint } from './use-cases/delete-endpoint.use-case.js';
import { DeliverDue } from './use-cases/deliver-due.use-case.js';
import { ExchangeDeliveries } from './use-cases/exchange-deliveries.js';
import { ReplayDelivery } from './use-cases/replay-delivery.use-case.js';
import { ReplayRange } from './use-cases/replay-range.use-case.js';
import { RotateSecret } from './use-cases/rotate-secret.use-case.js';
import { SendDelivery } from './use-cases/send-delivery.js';
import { TendDeliveries } from './use-cases/tend-deliveries.use-case.js';
import { TestEndpoint } from './use-cases/test-endpoint.use-case.js';
import { UpdateEndpoint } from './use-cases/update-endpoint.use-case.js';

const useCases = [
  CreateEndpoint,
  DeleteEndpoint,
  DeliverDue,
  ExchangeDeliveries,
  ReplayDelivery,
  ReplayRange,
  RotateSecret,
  SendDelivery,
  TendDeliveries,
  TestEndpoint,
  UpdateEndpoint,
];
const queries = [DeliveryQuery, DueEndpointsQuery, EndpointQuery];

/** Endpoints and deliveries, without anything that serves HTTP or jobs. */
@Module({
  imports: [TypeOrmModule.forFeature([WebhookEndpointEntity, WebhookDeliveryEntity])],
  providers: [
    WebhookEndpointRepository,
    DeliveryRepository,
    PublishedEventRepository,
    DeliveryBell,
    DeliveriesFacade,
    SecretSeal,
    { provide: TargetGuard, inject: [CONFIG], useFactory: (config: Config) => new TargetGuard(targetPolicy(config)) },
    {
      provide: DeliverySender,
      inject: [TargetGuard, CONFIG],
      useFactory: (guard: TargetGuard, config: Config) => new DeliverySender(guard, config.WEBHOOK_TIMEOUT_MS),
    },
    ...queries,
    ...useCases,
  ],
  exports: [DeliveriesFacade, ...queries, ...useCases],
})
export class DeliveriesModule {}

/** What the API adds. */
@Module({
  imports: [DeliveriesModule],
  controllers: [AdminWebhookEndpointsController, AdminDeliveriesController, AdminEndpointDeliveriesController],
})
export class DeliveriesHttpModule {}

/** What the worker adds. */
@Module({ imports: [DeliveriesModule], providers: [DeliverProcessor, DeliverySweeps] })
export class DeliveriesJobsModule {}
