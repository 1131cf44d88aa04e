import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { type Actor, systemActor } from '../../kernel/actor.js';
import type { RefundId } from '../../kernel/id.js';
import { Database, type Tx } from '../../platform/database/index.js';
import type { Refund } from '../domain/refund.js';
import { REFUND_GATEWAY, type RefundAnswer, type RefundGateway } from '../gateway/refund-gateway.js';
import { RefundRepository } from '../persistence/refund.repository.js';
import { RefundFacts } from '../refund-facts.facade.js';
import { RefundRecord } from '../refund-record.js';

const BATCH = 50;
const CALL_LEASE_SECONDS = 20;
const LONGEST_RECHECK_SECONDS = 300;
/** Stripe forgets idempotency keys after 24 h. An hour before that a repeat could give the money back twice. */
const RESEND_WITHIN_MS = 23 * 3_600_000;

type NextCall = { readonly refund: Refund; readonly intentId: string } | undefined;

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

  /** Looks after every refund whose time has come, and answers how many those were. */
  async sweep(): Promise<number> {
    const due = await this.database.transaction((tx) => this.refunds.takeDue(tx, BATCH, CALL_LEASE_SECONDS));
    for (const id of due) {
      await this.submit(id).catch((error: unknown) =>
        this.logger.error({ msg: 'refund_not_settled', refund_id: id, reason: String(error) }),
      );
    }
    return due.length;
  }

  /** Does for one refund whatever is next. Safe to call at any time, any number of times. */
  async submit(id: RefundId): Promise<void> {
    const actor = systemActor('refunds', randomUUID());
    const next = await this.database.transaction((tx) => this.begin(tx, actor, id));
    if (!next) return;
    const answer = await this.call(next.refund, next.intentId);
    await this.database.transaction((tx) => this.record(tx, actor, next.refund, answer));
  }

  /** The intention is durable before the provider hears of it. */
  private async begin(tx: Tx, actor: Actor, id: RefundId): Promise<NextCall> {
    const found = await this.refunds.find(tx, id);
    if (!found) return undefined;
    const { payment } = await this.facts.lock(tx, found);
    const refund = await this.refunds.lock(tx, id);
    if (!refund || payment.providerPaymentId === null) return undefined;
    const intentId = payment.providerPaymentId;
    if (refund.status === 'submitted' || refund.status === 'pending') return { refund, intentId };
    if (refund.status !== 'requested') return undefined;
    const submitted = { ...refund, status: 'submitted', submittedAt: new Date() } as const;
    return { refund: await this.refundRecord.move(tx, actor, submitted, CALL_LEASE_SECONDS), intentId };
  }

  private async call(refund: Refund, intentId: string): Promise<RefundAnswer> {
    if (refund.providerRefundId !== null) return this.gateway.retrieve(refund, refund.providerRefundId);
    const repeated = refund.checks > 0 ? await this.gateway.locate(refund, intentId) : undefined;
    if (repeated) return repeated;
    const ageMs = Date.now() - (refund.submittedAt?.getTime() ?? 0);
    if (ageMs < RESEND_WITHIN_MS) return this.gateway.submit(refund, intentId);
    return { kind: 'unknown', reason: 'too old to be sent again' };
  }

  private async record(tx: Tx, actor: Actor, refund: Refund, answer: RefundAnswer): Promise<void> {
    if (answer.kind === 'fact') {
      await this.facts.apply(tx, actor, { ...answer.fact, refundId: refund.id, round: refund.round });
      return;
    }
    await this.facts.lock(tx, refund);
    const current = await this.refunds.lock(tx, refund.id);
    if (current?.status !== 'submitted' && current?.status !== 'pending') return;
    const checks = current.checks + 1;
    await this.refunds.update(tx, { ...current, checks }, Math.min(2 ** checks, LONGEST_RECHECK_SECONDS));
  }
}
