import type { ProcessTable } from '../measure/meter.js';

/** Secrets that servers and load share. */
export interface Secrets {
  readonly jwtSecret: string;
  readonly internalKey: string;
}

/** A running server that takes the requests of a purchase, on a database of its own. */
export interface Variant {
  /** In tables: `holdfast`, `limit`. */
  readonly name: string;
  readonly database: string;
  /** Of each API process. */
  readonly ports: readonly number[];
  /** What it consists of; PostgreSQL, Redis and the load are the same for all. */
  readonly processes: Partial<Pick<ProcessTable, 'api' | 'worker' | 'sandbox'>>;
  stop(): Promise<void>;
}
