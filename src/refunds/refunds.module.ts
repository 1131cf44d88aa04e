import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { InventoryModule } from '../inventory/index.js';
import { OrdersModule } from '../orders/index.js';
import { PaymentsModule } from '../payments/index.js';
import { ShippingModule } from '../shipping/index.js';
import { REFUND_GATEWAY } from './gateway/refund-gateway.js';
import { ExternalRefunds } from './external-refunds.js';
import { StripeRefundGateway } from './gateway/stripe-refund-gateway.js';
import { AdminRefundsController } from './http/admin-refunds.controller.js';
import { RefundSweeps } from './jobs/refund-sweeps.js';
import { SubmitRefundProcessor } from './jobs/submit-refund.processor.js';
import { RefundItemEntity } from './persistence/refund-item.entity.js';
import { RefundEntity } from './persistence/refund.entity.js';
import { RefundBooksRepository } from './persistence/refund-books.repository.js';
import { RefundRepository } from './persistence/refund.repository.js';
import { RefundQuery } from './queries/refund.query.js';
import { RefundBell } from './refund-bell.js';
import { RefundBooks } from './refund-books.facade.js';
import { RefundBooking } from './refund-booking.facade.js';
import { RefundFacts } from './refund-facts.facade.js';
import { RefundRecord } from './refund-record.js';
import { RefundsFacade } from './refunds.facade.js';
import { RequestRefund, RetryRefund } from './use-cases/request-refund.use-case.js';
import { ReturnForgottenPayments } from './use-cases/return-forgotten-payments.use-case.js';
import { SubmitRefunds } from './use-cases/submit-refunds.use-case.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([RefundEntity, RefundItemEntity]),
    InventoryModule,
    ShippingModule,
    OrdersModule,
    PaymentsModule,
  ],
  controllers: [AdminRefundsController],
  providers: [
    RefundsFacade,
    RefundFacts,
    RefundBooking,
    ExternalRefunds,
    RefundBooks,
    RefundBooksRepository,
    RefundRecord,
    RefundBell,
    RefundRepository,
    RefundQuery,
    RequestRefund,
    RetryRefund,
    ReturnForgottenPayments,
    SubmitRefunds,
    { provide: REFUND_GATEWAY, useClass: StripeRefundGateway },
  ],
  exports: [RefundsFacade, RefundFacts, RefundBooks, SubmitRefunds, ReturnForgottenPayments, REFUND_GATEWAY],
})
export class RefundsModule {}

/** What the worker adds. */
@Module({ imports: [RefundsModule], providers: [SubmitRefundProcessor, RefundSweeps] })
export class RefundsJobsModule {}
