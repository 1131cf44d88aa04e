import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CheckoutModule } from '../../checkout/index.js';
import { OrdersModule } from '../../orders/index.js';
import { PaymentsModule } from '../../payments/index.js';
import { RefundsModule } from '../../refunds/index.js';
import { AdminWebhookEventsController } from './http/admin-webhook-events.controller.js';
import { StripeRequests } from './http/stripe-request.js';
import { StripeWebhooksController } from './http/stripe-webhooks.controller.js';
import { InboxSweeps } from './jobs/inbox-sweeps.js';
import { ProcessEventProcessor } from './jobs/process-event.processor.js';
import { DeadEventRepository } from './persistence/dead-event.repository.js';
import { WebhookEventEntity } from './persistence/webhook-event.entity.js';
import { WebhookEventRepository } from './persistence/webhook-event.repository.js';
import { KnownEventQuery } from './queries/known-event.query.js';
import { WebhookEventListQuery } from './queries/webhook-event-list.query.js';
import { ApplyDispute } from './use-cases/apply-dispute.js';
import { ApplyEvent } from './use-cases/apply-event.js';
import { ApplyIntent } from './use-cases/apply-intent.js';
import { ApplyRefund } from './use-cases/apply-refund.js';
import { ApplyReport } from './use-cases/apply-report.js';
import { ApplyTogether } from './use-cases/apply-together.js';
import { EventBell } from './use-cases/event-bell.js';
import { IntakePressure } from './use-cases/intake-pressure.js';
import { PostponeEvent } from './use-cases/postpone-event.js';
import { ProcessEvents } from './use-cases/process-events.use-case.js';
import { PruneEvents } from './use-cases/prune-events.use-case.js';
import { ReceiveEvent } from './use-cases/receive-event.use-case.js';
import { ReplayEvent } from './use-cases/replay-event.use-case.js';

/** The inbox and its use cases, without anything that serves HTTP or jobs. */
@Module({
  imports: [
    TypeOrmModule.forFeature([WebhookEventEntity]),
    OrdersModule,
    PaymentsModule,
    RefundsModule,
    CheckoutModule,
  ],
  providers: [
    WebhookEventRepository,
    DeadEventRepository,
    KnownEventQuery,
    WebhookEventListQuery,
    ApplyDispute,
    ApplyEvent,
    ApplyIntent,
    ApplyRefund,
    ApplyReport,
    ApplyTogether,
    EventBell,
    IntakePressure,
    PostponeEvent,
    ProcessEvents,
    PruneEvents,
    ReceiveEvent,
    ReplayEvent,
  ],
  exports: [DeadEventRepository, WebhookEventListQuery, ProcessEvents, PruneEvents, ReceiveEvent, ReplayEvent],
})
export class InboundModule {}

/** What the API adds. */
@Module({
  imports: [InboundModule],
  controllers: [StripeWebhooksController, AdminWebhookEventsController],
  providers: [StripeRequests],
})
export class InboundHttpModule {}

/** What the worker adds. */
@Module({ imports: [InboundModule], providers: [ProcessEventProcessor, InboxSweeps] })
export class InboundJobsModule {}
