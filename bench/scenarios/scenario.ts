import type { Summary } from '../measure/measurement.js';
import type { Bench } from '../shop/bench.js';

/** What a run of a scenario found. */
export interface Finding {
  /** Rows of the table, by what they are of: `holdfast, 32 connections`. */
  readonly rows: Readonly<Record<string, Summary>>;
  readonly targets: readonly Target[];
  /** Rules of the audit that a database breaks after the run. */
  readonly broken: readonly string[];
  /** Further facts, for people and for the JSON file. */
  readonly notes?: Readonly<Record<string, number | string>>;
}

/** Something that the run must show. */
export interface Target {
  readonly name: string;
  readonly value: number;
  readonly limit: Limit;
  readonly unit: '' | '%' | 'ms' | 'MB' | 's';
  /** The figures behind the value. */
  readonly detail?: string;
}

/** The least or the most that a value may be, or the one that it has to be. */
export type Limit = { readonly atLeast: number } | { readonly atMost: number } | { readonly exactly: number };

export interface ScenarioContext {
  readonly bench: Bench;
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

export interface Scenario {
  readonly summary: string;
  /** Whether it is a part of the quick run. */
  readonly quick: boolean;
  run(context: ScenarioContext): Promise<Finding>;
}

export function isMet({ value, limit }: Target): boolean {
  if ('exactly' in limit) return value === limit.exactly;
  return 'atLeast' in limit ? value >= limit.atLeast : value <= limit.atMost;
}
