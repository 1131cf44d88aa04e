import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PAYMENT_GATEWAY } from './gateway/payment-gateway.js';
import { StripeGateway } from './gateway/stripe-gateway.js';
import { AdminPaymentsController } from './http/admin-payments.controller.js';
import { PaymentsController } from './http/payments.controller.js';
import { PaymentBooks } from './payment-books.facade.js';
import { PaymentsFacade } from './payments.facade.js';
import { PaymentAttemptEntity } from './persistence/payment-attempt.entity.js';
import { PaymentAttemptRepository } from './persistence/payment-attempt.repository.js';
import { PaymentBooksRepository } from './persistence/payment-books.repository.js';
import { PaymentEntity } from './persistence/payment.entity.js';
import { PaymentRepository } from './persistence/payment.repository.js';
import { PaymentListQuery } from './queries/payment-list.query.js';
import { StandalonePayments } from './use-cases/standalone-payments.use-case.js';

@Module({
  imports: [TypeOrmModule.forFeature([PaymentEntity, PaymentAttemptEntity])],
  controllers: [PaymentsController, AdminPaymentsController],
  providers: [
    PaymentsFacade,
    PaymentRepository,
    PaymentAttemptRepository,
    PaymentBooks,
    PaymentBooksRepository,
    PaymentListQuery,
    StandalonePayments,
    { provide: PAYMENT_GATEWAY, useClass: StripeGateway },
  ],
  exports: [PaymentsFacade, PaymentBooks, PAYMENT_GATEWAY, StandalonePayments],
})
export class PaymentsModule {}
