export const STEPS = ['cart', 'checkout', 'pay'] as const;
export type Step = (typeof STEPS)[number];

/** What one load process has to do: buyers, one to a connection, who order one time after the other. */
export interface LoadJob {
  /** Of the API processes, which the connections are dealt out to in turn. */
  readonly ports: readonly number[];
  readonly connections: number;
  /** Stops after that time or that many orders, whichever comes first; orders that have begun are finished. */
  readonly seconds: number;
  readonly orders: number;
  readonly provider: 'manual' | 'stripe';
  readonly cart: CartPlan;
  /** Each connection has customers of its own, so that no two requests meet in one cart. */
  readonly customersPerConnection: number;
  /** Names that no other job used: customers with it have no cart yet. */
  readonly customerPrefix: string;
  readonly jwtSecret: string;
  readonly internalKey: string;
  /** Refusals that belong to the scenario; any other ends the run. */
  readonly expectedRefusals: readonly string[];
}

/** Lines of a cart: products picked at random, one unit each, after the one that everybody wants if there is one. */
export interface CartPlan {
  readonly products: readonly string[];
  readonly lines: number;
  readonly hotProduct: string | null;
}

export interface LoadReport {
  readonly orders: number;
  readonly seconds: number;
  /** Milliseconds of each request, and of whole flows. */
  readonly samples: Readonly<Record<Step | 'flow', readonly number[]>>;
  /** How often each refusal was answered. */
  readonly refusals: Readonly<Record<string, number>>;
}

/** Said to a load process whose job is to end before its time; orders that have begun are finished. */
export const STOP = 'stop';

/** What a load process answers: its report, or why there is none. */
export type LoadAnswer = { readonly report: LoadReport } | { readonly failure: string };
