import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { OrderId, PaymentId } from '../../kernel/id.js';
import type { Order } from '../../orders/index.js';
import {
  asPresent,
  type ClientHandover,
  type GatewayAnswer,
  type Payment,
  PAYMENT_GATEWAY,
  type PaymentAttempt,
  type PaymentGateway,
  PaymentsFacade,
} from '../../payments/index.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { Database, type Tx } from '../../platform/database/index.js';
import { PaymentBell } from './payment-bell.js';
import { ApplyPaymentFact } from './apply-payment-fact.js';

/** How a call to the provider left the order and its payment. */
export interface Collected {
  readonly order: Order;
  readonly payment: Payment;
  readonly handover: ClientHandover;
}

/** What is to be done outside of the transaction: send a recorded attempt, or only ask how the open intent stands. */
export type NextCall =
  | { readonly kind: 'send'; readonly attempt: PaymentAttempt }
  | { readonly kind: 'look'; readonly paymentId: PaymentId; readonly orderId: OrderId; readonly intentId: string };

/** What the provider answered, about whom, and what it was asked. */
interface Heard {
  readonly paymentId: PaymentId;
  readonly orderId: OrderId;
  readonly answer: GatewayAnswer;
  readonly asked: 'to act' | 'how it stands';
}

const FIRST_RECHECK_SECONDS = 1;
const NO_HANDOVER: ClientHandover = { clientSecret: null, nextAction: null };

/** Steps two and three of every payment: call the provider outside of any transaction, record the result under lock. */
@Injectable()
export class CollectPayment {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(PAYMENT_GATEWAY) private readonly gateway: PaymentGateway,
    private readonly database: Database,
    private readonly payments: PaymentsFacade,
    private readonly applyFact: ApplyPaymentFact,
    private readonly bell: PaymentBell,
  ) {}

  call<T>(actor: Actor, next: NextCall, within: (tx: Tx, collected: Collected) => Promise<T>): Promise<T> {
    return next.kind === 'send' ? this.send(actor, next.attempt, within) : this.look(actor, next, within);
  }

  /** Sends a recorded attempt. `within` runs in the transaction that records the result. */
  async send<T>(
    actor: Actor,
    attempt: PaymentAttempt,
    within: (tx: Tx, collected: Collected) => Promise<T>,
  ): Promise<T> {
    const answer = await this.gateway.send(attempt);
    return this.record(actor, { ...idsOf(attempt), answer, asked: 'to act' }, within);
  }

  /** Finds out what became of an attempt whose answer nobody heard, and records that. */
  async sendAgain(actor: Actor, attempt: PaymentAttempt): Promise<void> {
    const answer = await this.gateway.sendAgain(attempt);
    return this.record(actor, { ...idsOf(attempt), answer, asked: 'to act' }, () => Promise.resolve());
  }

  /** Asks how an intent stands and records that. */
  async look<T>(
    actor: Actor,
    payment: { readonly paymentId: PaymentId; readonly orderId: OrderId; readonly intentId: string },
    within: (tx: Tx, collected: Collected) => Promise<T>,
  ): Promise<T> {
    const answer = await this.gateway.retrieve(payment.intentId);
    return this.record(actor, { ...payment, answer, asked: 'how it stands' }, within);
  }

  private record<T>(actor: Actor, heard: Heard, within: (tx: Tx, collected: Collected) => Promise<T>): Promise<T> {
    const { answer } = heard;
    return this.database.transaction(async (tx) => {
      const told = answer.kind === 'fact' ? answer.fact : undefined;
      const locked = await this.applyFact.lock(tx, heard, told);
      const { order, payment } = locked;
      if (answer.kind === 'unknown') {
        const waiting = await this.recheckLater(tx, payment);
        return within(tx, { order, payment: waiting, handover: NO_HANDOVER });
      }
      const fact = heard.asked === 'how it stands' ? asPresent(payment, answer.fact) : answer.fact;
      const settled = await this.applyFact.execute(tx, actor, locked, fact);
      return within(tx, { ...settled, handover: answer.handover });
    }, 'concluding');
  }

  /** Twice as long after every look that brought nothing. The row is the truth, the bell only makes it quick. */
  private async recheckLater(tx: Tx, payment: Payment): Promise<Payment> {
    const seconds = Math.min(FIRST_RECHECK_SECONDS * 2 ** payment.checks, this.config.RECONCILE_INTERVAL_SECONDS);
    const waiting = await this.payments.update(tx, { ...payment, checks: payment.checks + 1 }, seconds);
    this.database.afterCommit(tx, () => this.bell.ringIn(seconds, payment.id));
    return waiting;
  }
}

function idsOf(attempt: PaymentAttempt): { paymentId: PaymentId; orderId: OrderId } {
  const { orderId } = attempt.request;
  if (orderId === null) throw new Error(`attempt ${attempt.id} is not for an order`);
  return { paymentId: attempt.paymentId, orderId };
}
