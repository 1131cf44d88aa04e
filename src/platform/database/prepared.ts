import { QueryFailedError } from 'typeorm';

/** More texts than the service has. Texts beyond, put together at run time, are sent without a name. */
const MOST_NAMES = 1_000;
const FEATURE_NOT_SUPPORTED = '0A000';

const names = new Map<string, string>();
let generation = 0;

/** The name under which a text is prepared on each connection; none where there are too many. */
export function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= MOST_NAMES) return known;
  const name = `hf_${generation}_${names.size}`;
  names.set(text, name);
  return name;
}

/**
 * Whether a migration has changed a table behind the back of a prepared `SELECT *`. It was forgotten, and a new run of the
 * whole work prepares it anew.
 */
export function isOutdatedPlan(error: unknown): boolean {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (!(cause instanceof Error) || !('code' in cause)) return false;
  return cause.code === FEATURE_NOT_SUPPORTED && cause.message.startsWith('cached plan must not change');
}

/** Gives every text a new name. What connections keep under the old ones goes with the connection. */
export function forgetPlans(): void {
  names.clear();
  generation += 1;
}
