import { QueryFailedError } from 'typeorm';
import { TurnedAway } from './turnstile.js';

const DEADLOCK_DETECTED = '40P01';
const SERIALIZATION_FAILURE = '40001';
const UNIQUE_VIOLATION = '23505';
const DIVISION_BY_ZERO = '22012';
/** lock_not_available, query_canceled, too_many_connections. */
const OVERLOAD = new Set(['55P03', '57014', '53300']);

const CONNECTION_FAULTS = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH']);
const CONNECTION_MESSAGES =
  /connection terminated|timeout exceeded when trying to connect|connection error|driver not connected/i;

/** The SQLSTATE or system error code behind an error of TypeORM or pg. */
function codeOf(error: unknown): string | undefined {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return undefined;
  return typeof cause.code === 'string' ? cause.code : undefined;
}

/**
 * What a transaction saw without a lock had changed by the time it wrote, and nothing was written. It runs again, and has to look
 * under a lock then: see `Database.isRerun`.
 */
export class StaleRead extends Error {}

export function isRetryableConflict(error: unknown): boolean {
  if (error instanceof StaleRead) return true;
  const code = codeOf(error);
  return code === DEADLOCK_DETECTED || code === SERIALIZATION_FAILURE;
}

/** Whether a statement divided by nothing: SQL of ours does where something that must hold does not. */
export function isDivisionByZero(error: unknown): boolean {
  return codeOf(error) === DIVISION_BY_ZERO;
}

/** Whether the error is a violation of this unique constraint or index. */
export function violatesUnique(error: unknown, constraint: string): boolean {
  if (codeOf(error) !== UNIQUE_VIOLATION || !(error instanceof QueryFailedError)) return false;
  const cause: unknown = error.driverError;
  return typeof cause === 'object' && cause !== null && 'constraint' in cause && cause.constraint === constraint;
}

/**
 * Whether PostgreSQL could not serve just now: gone, restarting, overloaded, a lock held for too long, or conflicts that
 * went on after every rerun.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof TurnedAway) return true;
  const code = codeOf(error) ?? '';
  if (code.startsWith('08') || code.startsWith('57P') || CONNECTION_FAULTS.has(code)) return true;
  if (isRetryableConflict(error)) return true;
  if (OVERLOAD.has(code)) return true;
  return CONNECTION_MESSAGES.test(error.message);
}
