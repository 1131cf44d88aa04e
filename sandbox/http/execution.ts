import { setTimeout as delay } from 'node:timers/promises';
import type { Account } from '../account.js';
import { errorAnswer, type ActionContext, type Answer } from '../actions/answer.js';
import { StripeApiError } from '../domain/stripe-error.js';
import type { FaultKind, FaultRule } from '../faults.js';
import type { Transaction } from '../transaction.js';
import { expandAnswer } from './expand.js';
import { unknownError } from './reaction.js';
import type { ParsedCall, RawCall } from './stripe-call.js';
import type { Call, StripeRoute } from './stripe-route.js';

export interface Work {
  readonly account: Account;
  readonly route: StripeRoute;
  readonly raw: RawCall;
  readonly call: ParsedCall;
  readonly struck: ReadonlyMap<FaultKind, FaultRule>;
  readonly publishable: boolean;
  readonly searchLagMs: number;
  readonly context: Omit<ActionContext, 'declineCode'>;
  readonly stopping: AbortSignal;
}

/**
 * Validates and runs a request in one transaction, together with the answer that its idempotency key remembers: a crash
 * leaves both or neither. A refusal takes back what was written and is remembered as well.
 */
export async function execute(work: Work, keyed?: { key: string; fingerprint: string }): Promise<Answer> {
  const { account, route, raw, call, struck } = work;
  const pause = struck.get('delay')?.delay_ms;
  if (pause !== undefined) await wait(pause, work.stopping);
  const run = route.prepare(call.params);
  return account.transact({ requestId: raw.requestId, idempotencyKey: raw.idempotencyKey }, (tx) => {
    const truth = attempt(tx, () => {
      const answer = run(tx, callOf(work));
      return answer.status === 200 ? { status: 200, body: expandAnswer(tx, answer.body, call.expand) } : answer;
    });
    const failure = struck.get('error_after');
    const shown = failure === undefined ? truth : unknownError(failure.status);
    if (keyed !== undefined) {
      const remembered = failure?.replay === 'result' ? truth : shown;
      const { key, fingerprint } = keyed;
      const { status, body } = remembered;
      tx.put('idempotency', key, {
        fingerprint,
        status,
        body: JSON.stringify(body),
        requestId: raw.requestId,
        atMs: tx.nowMs,
      });
    }
    return shown;
  });
}

async function wait(pauseMs: number, stopping: AbortSignal): Promise<void> {
  await delay(pauseMs, undefined, { signal: stopping }).catch(() => {
    throw new StripeApiError(503, { type: 'api_error', message: 'The sandbox is shutting down; nothing was done.' });
  });
}

function attempt(tx: Transaction, work: () => Answer): Answer {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof StripeApiError)) throw error;
    tx.discard();
    return errorAnswer(error.status, error.body);
  }
}

function callOf({ raw, call, account, publishable, searchLagMs, struck, context }: Work): Call {
  const declineCode = struck.get('decline')?.decline_code ?? null;
  const { clientSecret } = call;
  return { id: raw.id, publishable, clientSecret, account, searchLagMs, context: { ...context, declineCode } };
}
