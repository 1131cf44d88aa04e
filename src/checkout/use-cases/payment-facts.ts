import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { isId } from '../../kernel/id.js';
import {
  type Payment,
  type PaymentAttempt,
  type PaymentFact,
  PaymentsFacade,
  StandalonePayments,
} from '../../payments/index.js';
import { Database, inOnePacket, type Tx } from '../../platform/database/index.js';
import { judge } from '../domain/payment-news.js';
import { ApplyPaymentFact, type Settled } from './apply-payment-fact.js';
import { PaymentBell } from './payment-bell.js';
import { SellOrders, type ToldOutcomes, type ToldPayment } from './sell-orders.js';

/** `old_news` also where the provider is asked first: what comes of that is a fact of its own. */
export type PaymentFactOutcome = 'applied' | 'old_news' | 'unknown_payment';

/**
 * Facts about payments that somebody else brings: a webhook, an event of a broker. They end where our own calls end, in
 * {@link ApplyPaymentFact}, once it is clear that they are not about an earlier try.
 */
@Injectable()
export class PaymentFacts {
  constructor(
    private readonly database: Database,
    private readonly payments: PaymentsFacade,
    private readonly standalone: StandalonePayments,
    private readonly applyFact: ApplyPaymentFact,
    private readonly sellOrders: SellOrders,
    private readonly bell: PaymentBell,
  ) {}

  /** Works in the caller's transaction and locks cart, order and payment in it. `paymentId` is as in {@link find}. */
  async apply(tx: Tx, actor: Actor, fact: PaymentFact, paymentId: string | null): Promise<PaymentFactOutcome> {
    const found = await this.find(tx, fact, paymentId);
    return found ? this.applyTo(tx, actor, found, fact) : 'unknown_payment';
  }

  /** The same for a fact that is known to be about this payment. */
  async applyTo(
    tx: Tx,
    actor: Actor,
    { id, orderId }: Pick<Payment, 'id' | 'orderId'>,
    fact: PaymentFact,
  ): Promise<PaymentFactOutcome> {
    if (orderId === null) {
      const [payment, open] = await inOnePacket(this.payments.lock(tx, id), this.payments.findOpenAttempt(tx, id));
      return this.decide({ payment, open }, fact, {
        apply: () => this.standalone.applyFact(tx, payment, fact),
        ask: () => this.ask(tx, payment, fact),
      });
    }
    const locked = await this.applyFact.lock(tx, { orderId, paymentId: id }, fact);
    return this.decide(locked, fact, {
      apply: () => this.applyFact.execute(tx, actor, locked, fact),
      ask: () => this.askAbout(tx, actor, locked, fact),
    });
  }

  /**
   * The same for many at once, as far as each of them is old news, or does no more than sell what its order holds. Answers what
   * became of those; the others are to be applied by themselves.
   */
  applyTogether<Told extends ToldPayment>(tx: Tx, told: readonly Told[]): Promise<ToldOutcomes<Told>> {
    return this.sellOrders.execute(tx, told);
  }

  /** The payments that are known by what the provider calls them, without a lock. */
  findKnown(tx: Tx, providerPaymentIds: readonly string[]): Promise<readonly Payment[]> {
    return this.payments.findAllByProviderId(tx, providerPaymentIds);
  }

  /**
   * The payment that a fact is about, without a lock. `paymentId` is the one that the intent carries in its metadata: it finds a
   * payment whose intent we never heard of, because the answer was lost.
   */
  async find(
    tx: Tx,
    { providerPaymentId }: Pick<PaymentFact, 'providerPaymentId'>,
    paymentId: string | null,
  ): Promise<Payment | undefined> {
    if (providerPaymentId === null) return undefined;
    const known = await this.payments.findByProviderId(tx, providerPaymentId);
    if (known) return known;
    if (paymentId === null || !isId('pay', paymentId)) return undefined;
    const named = await this.payments.find(tx, paymentId);
    // A payment has one intent at most, so another one that bears its name is a matter for a person.
    return named?.provider === 'stripe' && named.providerPaymentId === null ? named : undefined;
  }

  private async decide(
    { payment, open }: { readonly payment: Payment; readonly open: PaymentAttempt | undefined },
    fact: PaymentFact,
    ways: { readonly apply: () => Promise<unknown>; readonly ask: () => Promise<unknown> },
  ): Promise<PaymentFactOutcome> {
    const verdict = judge(payment, open, fact);
    if (verdict === 'apply') await ways.apply();
    if (verdict === 'ask') await ways.ask();
    return verdict === 'apply' ? 'applied' : 'old_news';
  }

  /** Of money that was taken outside nobody knows more than we were told, so a person decides what to believe. */
  private askAbout(tx: Tx, actor: Actor, locked: Settled, fact: PaymentFact): Promise<unknown> {
    if (locked.payment.provider === 'stripe') return this.ask(tx, locked.payment, fact);
    return this.applyFact.leaveToPerson(tx, actor, locked, fact);
  }

  /** Makes the job look at the intent at once. */
  private async ask(tx: Tx, payment: Payment, fact: PaymentFact): Promise<void> {
    const providerPaymentId = payment.providerPaymentId ?? fact.providerPaymentId;
    await this.payments.update(tx, { ...payment, providerPaymentId, checks: 0 }, 0);
    this.database.afterCommit(tx, () => this.bell.ringIn(0, payment.id));
  }
}
