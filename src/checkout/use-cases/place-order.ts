import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { PaymentsFacade } from '../../payments/index.js';
import { Database, type Tx } from '../../platform/database/index.js';
import { type Answer, type Claim, Idempotency, type IdempotentCall } from '../../platform/idempotency/index.js';
import { CollectPayment } from './collect-payment.js';
import type { OrderAnswer } from './order-answer.js';
import { type FirstStep, OrderAnswers } from './order-answers.js';
import { OrderPlacement, type OrderRequest, type PlacementAnswers } from './order-placement.js';

/** How the money is to come: by a method that is charged at once, by the client later, or not through us at all. */
export type PaymentPlan =
  | { readonly kind: 'charge'; readonly paymentMethod: string }
  | { readonly kind: 'client_confirms' }
  | { readonly kind: 'later' };

/** What is ordered, and what had to be asked for it. */
export interface RequestedOrder {
  readonly order: Omit<OrderRequest, 'creationKey' | 'paymentStatus'>;
  readonly asked: PlacementAnswers;
}

export interface PlaceOrderCommand {
  readonly actor: Actor;
  readonly plan: PaymentPlan;
  /** Reads what is ordered, in the transaction that orders it, and locks what it is made of. */
  readonly request: (tx: Tx) => Promise<RequestedOrder>;
}

/**
 * Reserve and create in one transaction, call the provider outside of any, apply the result under lock. A run that takes
 * over after a crash finds the order of the first by its creation key and goes on where that one stopped.
 */
@Injectable()
export class PlaceOrder {
  constructor(
    private readonly database: Database,
    private readonly idempotency: Idempotency,
    private readonly placement: OrderPlacement,
    private readonly payments: PaymentsFacade,
    private readonly collect: CollectPayment,
    private readonly answers: OrderAnswers,
  ) {}

  execute(command: PlaceOrderCommand, call: IdempotentCall<OrderAnswer>): Promise<Answer> {
    return this.idempotency.once(call, async (claim) => {
      const step = await this.database.transaction((tx) => this.begin(tx, command, claim));
      if (step === 'answered') return;
      const declined = await this.collect.call(command.actor, step, (tx, collected) =>
        this.answers.afterCall(tx, claim, collected),
      );
      if (declined) throw declined;
    });
  }

  private async begin(tx: Tx, command: PlaceOrderCommand, claim: Claim<OrderAnswer>): Promise<FirstStep> {
    const requested = await claim.takeAsking(tx, () => command.request(tx));
    if (requested) return this.create(tx, command, claim, requested);
    const resumed = await this.answers.resumeCreation(tx, claim);
    return resumed ?? this.create(tx, command, claim, await command.request(tx));
  }

  private async create(
    tx: Tx,
    { actor, plan }: PlaceOrderCommand,
    claim: Claim<OrderAnswer>,
    requested: RequestedOrder,
  ): Promise<FirstStep> {
    const paymentStatus = plan.kind === 'charge' ? 'processing' : 'unpaid';
    const draft = { ...requested.order, creationKey: claim.id, paymentStatus } as const;
    const order = await this.placement.place(tx, actor, draft, requested.asked);
    if (plan.kind === 'later') return this.answers.placed(tx, claim, order);
    const { id: orderId, customerId, totalAmount: amount, currency } = order;
    const opening = { orderId, customerId, amount, currency, creationKey: null };
    const attempt = await this.payments.open(tx, opening, plan.kind === 'charge' ? plan.paymentMethod : null);
    return { kind: 'send', attempt };
  }
}
