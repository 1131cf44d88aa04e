import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CheckoutModule } from '../checkout/index.js';
import { PaymentsModule } from '../payments/index.js';
import { ObservabilityModule } from '../platform/observability/index.js';
import { RefundsModule } from '../refunds/index.js';
import { InboundModule } from '../webhooks/index.js';
import { PROVIDER_BOOKS } from './gateway/provider-books.js';
import { StripeBooks } from './gateway/stripe-books.js';
import { AdminReconciliationController } from './http/admin-reconciliation.controller.js';
import { ReconciliationGauges } from './http/reconciliation-gauges.js';
import { ReconciliationSweeps } from './jobs/reconciliation-sweeps.js';
import { DifferenceEntity } from './persistence/difference.entity.js';
import { DifferenceRepository } from './persistence/difference.repository.js';
import { ProgressEntity } from './persistence/progress.entity.js';
import { ProgressRepository } from './persistence/progress.repository.js';
import { DifferenceListQuery } from './queries/difference-list.query.js';
import { ReconciliationStateQuery } from './queries/reconciliation-state.query.js';
import { CompareBooks } from './use-cases/compare-books.use-case.js';
import { CompareDay } from './use-cases/compare-day.js';
import { Examine } from './use-cases/examine.js';
import { FetchMissedEvents } from './use-cases/fetch-missed-events.use-case.js';
import { LookAgain } from './use-cases/look-again.js';
import { NoteDifferences } from './use-cases/note-differences.js';
import { PaymentLedger } from './use-cases/payment-ledger.js';
import { ReconciliationRuns } from './use-cases/reconciliation-runs.js';
import { RefundLedger } from './use-cases/refund-ledger.js';

/** The comparison and its tables, without anything that serves HTTP or jobs. */
@Module({
  imports: [
    TypeOrmModule.forFeature([DifferenceEntity, ProgressEntity]),
    PaymentsModule,
    RefundsModule,
    CheckoutModule,
    InboundModule,
  ],
  providers: [
    DifferenceRepository,
    ProgressRepository,
    DifferenceListQuery,
    ReconciliationStateQuery,
    ReconciliationRuns,
    NoteDifferences,
    Examine,
    PaymentLedger,
    RefundLedger,
    CompareDay,
    LookAgain,
    CompareBooks,
    FetchMissedEvents,
    { provide: PROVIDER_BOOKS, useClass: StripeBooks },
  ],
  exports: [DifferenceListQuery, ReconciliationStateQuery, CompareBooks, FetchMissedEvents, PROVIDER_BOOKS],
})
export class ReconciliationModule {}

/** What the API adds. */
@Module({
  imports: [ReconciliationModule, ObservabilityModule],
  controllers: [AdminReconciliationController],
  providers: [ReconciliationGauges],
})
export class ReconciliationHttpModule {}

/** What the worker adds. */
@Module({ imports: [ReconciliationModule], providers: [ReconciliationSweeps] })
export class ReconciliationJobsModule {}
