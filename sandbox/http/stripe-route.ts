import type { z } from 'zod';
import type { ActionContext, Answer } from '../actions/answer.js';
import type { Account } from '../account.js';
import type { Transaction } from '../transaction.js';
import type { Params } from './form.js';
import { readParams } from './params.js';

/** What a route knows of its request beside the parameters. */
export interface Call {
  /** The id in the path, or an empty text. */
  readonly id: string;
  readonly publishable: boolean;
  readonly clientSecret: string | null;
  readonly context: ActionContext;
  readonly account: Account;
  /** How long search does not see a new intent. */
  readonly searchLagMs: number;
}

type Execute = (tx: Transaction, call: Call) => Answer;

export interface StripeRoute {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** Whether a publishable key with the client secret of the intent may call it. */
  readonly publishable: boolean;
  /** Validates; only then does execution begin, which is where idempotency keys start to remember. */
  readonly prepare: (params: Params) => Execute;
}

interface RouteDefinition<P> {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly publishable?: boolean;
  readonly schema: z.ZodType<P>;
  readonly run: (tx: Transaction, params: P, call: Call) => Answer;
}

export function stripeRoute<P>(definition: RouteDefinition<P>): StripeRoute {
  const { method, url, schema, run } = definition;
  return {
    method,
    url,
    publishable: definition.publishable ?? false,
    prepare(params) {
      const input = readParams(schema, params);
      return (tx, call) => run(tx, input, call);
    },
  };
}
