import type { Parameters } from 'fast-check';

/** How many runs, and which; `seed` and `path` are what a failure prints. */
export interface Replay {
  readonly runs: number;
  readonly seed: number;
  /** The counterexample and nothing else. */
  readonly path?: string | undefined;
  /** The moves of the counterexample that were made. */
  readonly replayPath?: string | undefined;
}

const LARGEST_SEED = 2 ** 31;

/** Reads PROPERTY_RUNS, PROPERTY_SEED, PROPERTY_PATH and PROPERTY_REPLAY, for tests alone. */
export function replayOf(environment: NodeJS.ProcessEnv, runs: number): Replay {
  const { PROPERTY_RUNS, PROPERTY_SEED, PROPERTY_PATH: path, PROPERTY_REPLAY: replayPath } = environment;
  return {
    runs: PROPERTY_RUNS === undefined ? runs : Number(PROPERTY_RUNS),
    seed: PROPERTY_SEED === undefined ? Math.floor(Date.now() % LARGEST_SEED) : Number(PROPERTY_SEED),
    path,
    replayPath,
  };
}

export function parametersOf<T>({ runs, seed, path }: Replay): Parameters<T> {
  return { numRuns: runs, seed, ...(path === undefined ? {} : { path, endOnFailure: true }) };
}
