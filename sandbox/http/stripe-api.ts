import type { Account } from '../account.js';
import { errorAnswer, type ActionContext } from '../actions/answer.js';
import { StripeApiError } from '../domain/stripe-error.js';
import type { Faults } from '../faults.js';
import { NO_REQUEST } from '../transaction.js';
import { authenticate, secretKeyRequired } from './auth.js';
import { execute, type Work } from './execution.js';
import { fingerprintOf } from './form.js';
import type { IdempotencyKeys } from './idempotency.js';
import { answerWith, reactAfter, reactBefore, type Reaction } from './reaction.js';
import { faultFacts, parseCall, type RawCall } from './stripe-call.js';
import type { StripeRoute } from './stripe-route.js';

interface Parts {
  readonly account: Account;
  readonly faults: Faults;
  readonly keys: IdempotencyKeys;
  readonly context: () => Omit<ActionContext, 'declineCode'>;
  readonly searchLagMs: number;
  /** Aborted when the sandbox stops, so that a delayed request does not outlive the journal. */
  readonly stopping: AbortSignal;
}

/** One API request from authentication to answer: faults before, idempotency, validation, execution, faults after. */
export class StripeApi {
  constructor(private readonly parts: Parts) {}

  async serve(route: StripeRoute, raw: RawCall): Promise<Reaction> {
    try {
      return await this.answer(route, raw);
    } catch (error) {
      if (!(error instanceof StripeApiError)) throw error;
      return answerWith(
        errorAnswer(error.status, error.body),
        error.status === 409 ? { 'stripe-should-retry': 'true' } : {},
      );
    }
  }

  private async answer(route: StripeRoute, raw: RawCall): Promise<Reaction> {
    const { account, faults, context, searchLagMs, stopping } = this.parts;
    const publishable = authenticate(raw.authorization) === 'publishable';
    if (publishable && !route.publishable) throw secretKeyRequired();
    this.count(route);
    const call = parseCall(raw);
    const struck = faults.take(faultFacts(account, raw, call));
    const early = reactBefore(struck, raw.idempotencyKey ?? '');
    if (early !== undefined) return early;
    const work: Work = { account, route, raw, call, struck, publishable, searchLagMs, stopping, context: context() };
    const reaction =
      raw.method === 'POST' && raw.idempotencyKey !== null
        ? await this.once(work, raw.idempotencyKey)
        : answerWith(await execute(work));
    return reactAfter(struck, reaction);
  }

  /** Executes under an idempotency key, or gives the stored answer again. */
  private async once(work: Work, key: string): Promise<Reaction> {
    const fingerprint = fingerprintOf(work.raw.method, work.call.path, work.call.all);
    const stored = this.parts.keys.claim(key, fingerprint);
    if (stored !== undefined) {
      const headers = { 'idempotency-key': key, 'idempotent-replayed': 'true', 'original-request': stored.requestId };
      return { kind: 'answer', status: stored.status, body: stored.body, headers };
    }
    try {
      const answer = await execute(work, { key, fingerprint });
      return answerWith(answer, { 'idempotency-key': key, 'original-request': work.raw.requestId });
    } finally {
      this.parts.keys.release(key);
    }
  }

  private count(route: StripeRoute): void {
    const name = `${route.method} ${route.url}`;
    this.parts.account.transact(NO_REQUEST, (tx) => {
      tx.put('call', name, { count: (tx.find('call', name)?.count ?? 0) + 1 });
    });
  }
}
