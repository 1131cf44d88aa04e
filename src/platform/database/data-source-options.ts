import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { DataSourceOptions } from 'typeorm';
import { SnakeCaseColumns } from './naming.js';

type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;
export type ProcessKind = 'api' | 'worker' | 'migration';

const STATEMENT_TIMEOUT_MS: Readonly<Record<ProcessKind, number>> = { api: 5_000, worker: 30_000, migration: 0 };
const POOL_WAIT_MS = 5_000;
/** A connection knows its statements and their plans, which a new one has to make again: between two waves it is kept. */
const IDLE_CONNECTION_MS = 600_000;
/**
 * PostgreSQL's own 4 is of disks that turn. With it the two or three rows that a request wants of a thousand are looked for by
 * reading all of them.
 */
const RANDOM_PAGE_COST = 1.1;
const KEEP_ALIVE_AFTER_MS = 10_000;
const INT8_OID = 20;

/** Where the migrations lie, beside the compiled code as well as beside the sources. */
export const migrationsDirectory = fileURLToPath(
  new URL(import.meta.url.includes('/dist/platform/') ? '../../migrations' : '../../../migrations', import.meta.url),
);

/**
 * Connection options. The session settings bound every wait: a lock, a statement, an idle transaction, and (with
 * client_connection_check_interval) the locks of a client that was killed in the middle of a statement.
 */
export function dataSourceOptions(url: string, kind: ProcessKind, poolSize: number): PostgresOptions {
  const settings = {
    lock_timeout: kind === 'migration' ? 10_000 : 2_000,
    statement_timeout: STATEMENT_TIMEOUT_MS[kind],
    idle_in_transaction_session_timeout: 10_000,
    client_connection_check_interval: 2_000,
    random_page_cost: RANDOM_PAGE_COST,
  };
  return {
    type: 'postgres',
    url,
    poolSize,
    applicationName: `holdfast-${kind}`,
    namingStrategy: new SnakeCaseColumns(),
    synchronize: false,
    installExtensions: false,
    uuidExtension: 'pgcrypto',
    logging: false,
    extra: {
      connectionTimeoutMillis: POOL_WAIT_MS,
      idleTimeoutMillis: IDLE_CONNECTION_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
      options: Object.entries(settings)
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(' '),
      types: { getTypeParser },
    },
  };
}

/** pg hands out bigint as text. Every bigint here is a count or an amount, so an unsafe one is a defect: throw. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  if (oid === INT8_OID && format !== 'binary') return parseSafeInteger;
  const parse: (text: string) => unknown = pg.types.getTypeParser(oid, 'text');
  return parse;
}

function parseSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond exact integers`);
  return value;
}
