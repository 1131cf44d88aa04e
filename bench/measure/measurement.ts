import { type LoadReport, type Step, STEPS } from '../load/job.js';
import type { DatabaseCounters } from './database-counters.js';
import { medianOf, spreadOf, type Spread } from './percentile.js';

export const PARTS = ['api', 'worker', 'postgres', 'redis', 'sandbox', 'load'] as const;
export type Part = (typeof PARTS)[number];

/** The parts that a shop has to run; the sandbox stands for Stripe, and the load for its customers. */
export const SERVER_PARTS = ['api', 'worker', 'postgres', 'redis'] as const satisfies readonly Part[];

export type CpuMs = Readonly<Record<Part, number>>;

/** One stretch of load, and what it cost. */
export interface Measurement {
  readonly load: LoadReport;
  readonly cpuMs: CpuMs;
  /** Statements by role, and commits, of the database of the variant. */
  readonly counters: DatabaseCounters;
  /** Resident megabytes of the largest API process at the end; 0 where there is none. */
  readonly apiMb: number;
}

/** What is compared between two that were measured in turn. */
export interface Round {
  readonly ordersPerSecond: number;
  readonly serversMs: number;
}

/** Several stretches of the same load as one. CPU in milliseconds an order, times in milliseconds. */
export interface Summary {
  readonly orders: number;
  readonly seconds: number;
  readonly ordersPerSecond: number;
  readonly times: Readonly<Record<Step | 'flow', Spread>>;
  readonly cpuMs: CpuMs;
  /** All that a shop has to run, together. */
  readonly serversMs: number;
  readonly statements: Readonly<Record<string, number>>;
  readonly commits: number;
  readonly apiMb: number;
  readonly refusals: Readonly<Record<string, number>>;
  /** Stretch by stretch. */
  readonly rounds: readonly Round[];
}

/**
 * One figure as a multiple of another's, measured in turn: the median of what the rounds say. A moment in which the machine had
 * something else to do spoils one round, and not the ratio.
 */
export function ratioOf(one: Summary | undefined, other: Summary | undefined, figure: keyof Round): number {
  const rounds = (one?.rounds ?? []).map((round, place) => round[figure] / (other?.rounds[place]?.[figure] ?? NaN));
  return medianOf(rounds);
}

export function summarise(measurements: readonly Measurement[]): Summary {
  const sum = (value: (one: Measurement) => number): number => measurements.reduce((all, one) => all + value(one), 0);
  const orders = sum(({ load }) => load.orders);
  const seconds = sum(({ load }) => load.seconds);
  const perOrder = (part: Part): number => sum(({ cpuMs }) => cpuMs[part]) / orders;
  const cpuMs = {
    ...{ api: perOrder('api'), worker: perOrder('worker'), postgres: perOrder('postgres'), redis: perOrder('redis') },
    ...{ sandbox: perOrder('sandbox'), load: perOrder('load') },
  };
  const times = (step: Step | 'flow'): Spread => spreadOf(measurements.flatMap(({ load }) => load.samples[step]));
  return {
    orders,
    seconds,
    ordersPerSecond: orders / seconds,
    times: { cart: times('cart'), checkout: times('checkout'), pay: times('pay'), flow: times('flow') },
    cpuMs,
    serversMs: serversMsOf(cpuMs),
    statements: statementsPerOrder(measurements, orders),
    commits: sum(({ counters }) => counters.commits) / orders,
    apiMb: Math.max(...measurements.map(({ apiMb }) => apiMb)),
    refusals: refusalsOf(measurements),
    rounds: measurements.map(roundOf),
  };
}

function roundOf({ load, cpuMs }: Measurement): Round {
  return {
    ordersPerSecond: load.orders / load.seconds,
    serversMs: serversMsOf(cpuMs) / load.orders,
  };
}

function serversMsOf(cpuMs: CpuMs): number {
  return SERVER_PARTS.reduce((all, part) => all + cpuMs[part], 0);
}

function statementsPerOrder(measurements: readonly Measurement[], orders: number): Record<string, number> {
  const roles = new Set(measurements.flatMap(({ counters }) => [...counters.statements.keys()]));
  const calls = (role: string): number =>
    measurements.reduce((all, { counters }) => all + (counters.statements.get(role) ?? 0), 0);
  return Object.fromEntries([...roles].map((role) => [role, calls(role) / orders]));
}

function refusalsOf(measurements: readonly Measurement[]): Record<string, number> {
  const all = new Map<string, number>();
  for (const { load } of measurements) {
    for (const [reason, times] of Object.entries(load.refusals)) all.set(reason, (all.get(reason) ?? 0) + times);
  }
  return Object.fromEntries(all);
}

export const MEASURED_TIMES = [...STEPS, 'flow'] as const;
