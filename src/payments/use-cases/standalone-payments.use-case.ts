import { Inject, Injectable } from '@nestjs/common';
import type { PaymentId } from '../../kernel/id.js';
import { Database, type Tx } from '../../platform/database/index.js';
import { type Answer, type Claim, Idempotency, type IdempotentCall } from '../../platform/idempotency/index.js';
import { PaymentFailed } from '../domain/payment.errors.js';
import { isAtRest, withFact } from '../domain/payment-change.js';
import type { GatewayAnswer, PaymentFact } from '../domain/payment-fact.js';
import type { Payment, PaymentAttempt } from '../domain/payment.js';
import { PAYMENT_GATEWAY, type PaymentGateway } from '../gateway/payment-gateway.js';
import { PaymentsFacade } from '../payments.facade.js';

export interface StandalonePaymentCommand {
  readonly customerId: string;
  readonly amount: number;
  readonly currency: string;
  readonly paymentMethod: string;
}

const RECHECK_SECONDS = 5;

/** Charges that belong to no order yet: they are made first and attached to an order afterwards. */
@Injectable()
export class StandalonePayments {
  constructor(
    @Inject(PAYMENT_GATEWAY) private readonly gateway: PaymentGateway,
    private readonly database: Database,
    private readonly idempotency: Idempotency,
    private readonly payments: PaymentsFacade,
  ) {}

  create(command: StandalonePaymentCommand, call: IdempotentCall<Payment>): Promise<Answer> {
    return this.idempotency.once(call, async (claim) => {
      const attempt = await this.database.transaction((tx) => this.begin(tx, command, claim));
      const answer = await this.gateway.send(attempt);
      const payment = await this.database.transaction(async (tx) => {
        const recorded = await this.record(tx, attempt.paymentId, answer);
        if (recorded.status !== 'failed') await claim.finish(tx, recorded, recorded.id);
        return recorded;
      }, 'concluding');
      if (payment.status === 'failed') throw new PaymentFailed(payment.id, payment.declineCode);
    });
  }

  /** For the job: sends again what nobody heard the outcome of, or asks how the intent stands. */
  async settle(payment: Payment, open: PaymentAttempt | undefined): Promise<void> {
    if (!open && payment.providerPaymentId === null) return;
    const answer = open
      ? await this.gateway.sendAgain(open)
      : await this.gateway.retrieve(payment.providerPaymentId ?? '');
    await this.database.transaction((tx) => this.record(tx, payment.id, answer), 'concluding');
  }

  private async begin(
    tx: Tx,
    { customerId, amount, currency, paymentMethod }: StandalonePaymentCommand,
    claim: Claim<Payment>,
  ): Promise<PaymentAttempt> {
    const creationKey = await claim.take(tx);
    const earlier = claim.isTakeOver ? await this.payments.findIdByCreationKey(tx, creationKey) : undefined;
    const open = earlier && (await this.payments.findLastAttempt(tx, earlier));
    return open ?? this.payments.open(tx, { orderId: null, customerId, amount, currency, creationKey }, paymentMethod);
  }

  /** Takes in what the provider told of a payment that this transaction holds locked, wherever it was heard. */
  async applyFact(tx: Tx, payment: Payment, fact: PaymentFact): Promise<Payment> {
    const open = await this.payments.findOpenAttempt(tx, payment.id);
    const next = withFact(payment, fact, open);
    if (!next) return isAtRest(payment) && !open ? this.payments.update(tx, payment, null) : payment;
    await this.payments.closeAttempts(
      tx,
      payment.id,
      fact.kind === 'failed' ? 'declined' : 'accepted',
      fact.declineCode,
    );
    return this.payments.update(tx, next, isAtRest(next) ? null : RECHECK_SECONDS);
  }

  private async record(tx: Tx, id: PaymentId, answer: GatewayAnswer): Promise<Payment> {
    const payment = await this.payments.lock(tx, id);
    if (answer.kind === 'unknown') return this.payments.update(tx, payment, RECHECK_SECONDS);
    return this.applyFact(tx, payment, answer.fact);
  }
}
