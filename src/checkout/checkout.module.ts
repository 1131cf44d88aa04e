import { Module } from '@nestjs/common';
import { CartModule } from '../cart/index.js';
import { CatalogModule } from '../catalog/index.js';
import { InventoryModule } from '../inventory/index.js';
import { OrdersModule } from '../orders/index.js';
import { PaymentsModule } from '../payments/index.js';
import { RefundsModule } from '../refunds/index.js';
import { ShippingModule } from '../shipping/index.js';
import { AdminCheckoutController } from './http/admin-checkout.controller.js';
import { CheckoutController } from './http/checkout.controller.js';
import { DuplicateRequests } from './http/duplicate-requests.js';
import { CheckoutSweeps } from './jobs/checkout-sweeps.js';
import { ExpireReservationsProcessor } from './jobs/expire-reservations.processor.js';
import { SettlePaymentProcessor } from './jobs/settle-payment.processor.js';
import { ApplyPaymentFact } from './use-cases/apply-payment-fact.js';
import { AttachMoney } from './use-cases/attach-money.js';
import { CancelOrder } from './use-cases/cancel-order.use-case.js';
import { CancellationSteps } from './use-cases/cancellation-steps.js';
import { CaptureOrder } from './use-cases/capture-order.use-case.js';
import { CaptureSteps } from './use-cases/capture-steps.js';
import { CarryOutSettlement } from './use-cases/carry-out-settlement.js';
import { CheckOut } from './use-cases/check-out.use-case.js';
import { CollectPayment } from './use-cases/collect-payment.js';
import { CreateOrder } from './use-cases/create-order.use-case.js';
import { EndOrder } from './use-cases/end-order.js';
import { ExpireHold } from './use-cases/expire-hold.js';
import { ExpireHolds } from './use-cases/expire-holds.js';
import { ExpireReservations } from './use-cases/expire-reservations.use-case.js';
import { GiveUpIntent } from './use-cases/give-up-intent.js';
import { HoldAuthorized } from './use-cases/hold-authorized.js';
import { OrderAnswers } from './use-cases/order-answers.js';
import { OrderPlacement } from './use-cases/order-placement.js';
import { PayOrder } from './use-cases/pay-order.use-case.js';
import { PaymentBell } from './use-cases/payment-bell.js';
import { PaymentFacts } from './use-cases/payment-facts.js';
import { PlaceOrder } from './use-cases/place-order.js';
import { RecordPayment } from './use-cases/record-payment.use-case.js';
import { ReportedPayments } from './use-cases/reported-payments.js';
import { ReserveAnew } from './use-cases/reserve-anew.js';
import { ReviewOrder } from './use-cases/review-order.use-case.js';
import { ReviewVerdict } from './use-cases/review-verdict.js';
import { SellOrder } from './use-cases/sell-order.js';
import { SellOrders } from './use-cases/sell-orders.js';
import { SettlePayments } from './use-cases/settle-payments.use-case.js';
import { StartPayment } from './use-cases/start-payment.js';

const ROOMS_BELOW = [
  CatalogModule,
  InventoryModule,
  ShippingModule,
  CartModule,
  OrdersModule,
  PaymentsModule,
  RefundsModule,
];

/** The use cases, without anything that serves HTTP or jobs. */
@Module({
  imports: ROOMS_BELOW,
  providers: [
    ApplyPaymentFact,
    AttachMoney,
    CancelOrder,
    CancellationSteps,
    CaptureOrder,
    CaptureSteps,
    CarryOutSettlement,
    CheckOut,
    CollectPayment,
    CreateOrder,
    EndOrder,
    ExpireHold,
    ExpireHolds,
    ExpireReservations,
    GiveUpIntent,
    HoldAuthorized,
    OrderAnswers,
    OrderPlacement,
    PayOrder,
    PaymentBell,
    PaymentFacts,
    PlaceOrder,
    RecordPayment,
    ReportedPayments,
    ReserveAnew,
    ReviewOrder,
    ReviewVerdict,
    SellOrder,
    SellOrders,
    SettlePayments,
    StartPayment,
  ],
  exports: [
    CancelOrder,
    CaptureOrder,
    CheckOut,
    CreateOrder,
    ExpireReservations,
    PaymentFacts,
    PayOrder,
    RecordPayment,
    ReportedPayments,
    ReviewOrder,
    SettlePayments,
  ],
})
export class CheckoutModule {}

/** What the API adds. */
@Module({
  imports: [CheckoutModule],
  controllers: [CheckoutController, AdminCheckoutController],
  providers: [DuplicateRequests],
})
export class CheckoutHttpModule {}

/** What the worker adds. */
@Module({ imports: [CheckoutModule], providers: [SettlePaymentProcessor, ExpireReservationsProcessor, CheckoutSweeps] })
export class CheckoutJobsModule {}
