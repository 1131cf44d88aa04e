import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { type Actor, systemActor } from '../../kernel/actor.js';
import { systemClock } from '../../kernel/clock.js';
import type { RefundId } from '../../kernel/id.js';
import { Database, type Tx } from '../../platform/database/index.js';
import type { Refund, RefundFact } from '../domain/refund.js';
import { neverArrived, recheckAfter } from '../domain/refund-change.js';
import { REFUND_GATEWAY, type RefundAnswer, type RefundGateway } from '../gateway/refund-gateway.js';
import { RefundRepository } from '../persistence/refund.repository.js';
import { RefundFacts } from '../refund-facts.facade.js';
import { RefundRecord } from '../refund-record.js';

const BATCH = 50;
/** As many as the queue's workers send at a time: one provider that hangs does not hold up the rest for minutes. */
const AT_ONCE = 10;
const CALL_LEASE_SECONDS = 20;
const LONGEST_RECHECK_SECONDS = 300;
/** Stripe forgets idempotency keys after 24 h. An hour before that a repeat could give the money back twice. */
const RESEND_WITHIN_MS = 23 * 3_600_000;

interface NextCall {
  readonly refund: Refund;
  readonly intentId: string;
}

/** Sends refunds to the provider and follows them until they are settled. Any number of workers may do so at once. */
@Injectable()
export class SubmitRefunds {
  private readonly logger = new Logger(SubmitRefunds.name);

  constructor(
    @Inject(REFUND_GATEWAY) private readonly gateway: RefundGateway,
    private readonly database: Database,
    private readonly refunds: RefundRepository,
    private readonly refundRecord: RefundRecord,
    private readonly facts: RefundFacts,
  ) {}

  /**
   * Looks after every refund whose time has come, and answers how many those were. Told to stop, it begins no other: what it
   * has taken is soon due again.
   */
  async sweep(stop?: AbortSignal): Promise<number> {
    const due = await this.database.transaction((tx) => this.refunds.takeDue(tx, BATCH, CALL_LEASE_SECONDS));
    for (let next = 0; next < due.length && !stop?.aborted; next += AT_ONCE) {
      await Promise.all(due.slice(next, next + AT_ONCE).map((id) => this.submitSafely(id)));
    }
    return due.length;
  }

  /** Does for one refund whatever is next. Safe to call at any time, any number of times. */
  async submit(id: RefundId): Promise<void> {
    const actor = systemActor('refunds', randomUUID());
    const next = await this.database.transaction((tx) => this.begin(tx, actor, id));
    if (!next) return;
    const answer = await this.call(next);
    await this.database.transaction((tx) => this.record(tx, actor, next.refund, answer));
    if (isRefusal(answer)) await this.learnOfOthers(actor, next);
  }

  /** One refund that cannot be settled must not keep the others waiting. */
  private async submitSafely(id: RefundId): Promise<void> {
    try {
      await this.submit(id);
    } catch (error) {
      this.logger.error({ msg: 'refund_not_settled', refund_id: id, reason: String(error) });
    }
  }

  /** The intention is durable before the provider hears of it. */
  private async begin(tx: Tx, actor: Actor, id: RefundId): Promise<NextCall | undefined> {
    const found = await this.refunds.find(tx, id);
    if (!found) return undefined;
    const { payment, refund } = await this.facts.lock(tx, found);
    if (!refund || payment.providerPaymentId === null) return undefined;
    const intentId = payment.providerPaymentId;
    if (refund.status === 'submitted' || refund.status === 'pending') return { refund, intentId };
    if (refund.status !== 'requested') return undefined;
    const submitted = { ...refund, status: 'submitted', submittedAt: systemClock.now() } as const;
    return { refund: await this.refundRecord.move(tx, actor, submitted, CALL_LEASE_SECONDS), intentId };
  }

  /** Before a call is repeated, the refund is looked for: the key may remember a failure, or nothing any more. */
  private async call({ refund, intentId }: NextCall): Promise<RefundAnswer> {
    if (refund.providerRefundId !== null) return this.gateway.retrieve(refund, refund.providerRefundId);
    const ageMs = systemClock.now().getTime() - (refund.submittedAt?.getTime() ?? 0);
    const tooOld = ageMs >= RESEND_WITHIN_MS;
    const made = refund.checks > 0 || tooOld ? await this.gateway.locate(refund, intentId) : undefined;
    if (made) return made;
    return tooOld
      ? { kind: 'fact', fact: neverArrived(refund, systemClock.now()) }
      : this.gateway.submit(refund, intentId);
  }

  private async record(tx: Tx, actor: Actor, refund: Refund, answer: RefundAnswer): Promise<void> {
    if (answer.kind === 'fact') {
      const fact = { ...answer.fact, refundId: refund.id, round: refund.round };
      if ((await this.facts.apply(tx, actor, fact)) === 'applied') return;
    }
    const { refund: current } = await this.facts.lock(tx, refund);
    if (current?.status === 'pending') await this.refunds.update(tx, current, recheckAfter(current.status));
    if (current?.status !== 'submitted') return;
    const checks = current.checks + 1;
    await this.refunds.update(tx, { ...current, checks }, Math.min(2 ** checks, LONGEST_RECHECK_SECONDS));
  }

  /** The provider refuses where the money went back another way. Whether it did is asked here, webhook or not. */
  private async learnOfOthers(actor: Actor, { refund, intentId }: NextCall): Promise<void> {
    try {
      for (const fact of [...(await this.gateway.list(intentId))].reverse()) await this.learn(actor, fact);
    } catch (error) {
      this.logger.warn({ msg: 'other_refunds_not_learned', refund_id: refund.id, reason: String(error) });
    }
  }

  private async learn(actor: Actor, fact: RefundFact): Promise<void> {
    await this.database.transaction((tx) => this.facts.apply(tx, actor, fact));
  }
}

function isRefusal(answer: RefundAnswer): boolean {
  return answer.kind === 'fact' && answer.fact.status === 'failed' && answer.fact.providerRefundId === null;
}
