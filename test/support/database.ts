import { DataSource, type DataSourceOptions, type QueryRunner } from 'typeorm';
import { Database, dataSourceOptions, type Tx } from '../../src/platform/database/index.js';
import { fromGlobalSetup } from './guards.js';
import { copyTemplate, dropDatabase, runStatements, withDatabase } from './test-databases.js';

/** Connections of the pool that each test file gets. */
export const POOL_SIZE = 5;

export interface DatabaseOptions {
  /** Entity classes that the code under test saves or finds through TypeORM. Plain SQL needs none. */
  readonly entities?: NonNullable<DataSourceOptions['entities']>;
}

export interface ClonedDatabase {
  readonly url: string;
  /** Drops it, connected or not. */
  drop(): Promise<void>;
}

let clones = 0;

/** A migrated database that nobody else uses: for races, workers, child processes and everything that must commit. */
export async function cloneDatabase(): Promise<ClonedDatabase> {
  const adminUrl = fromGlobalSetup('TEST_DATABASE_URL');
  clones += 1;
  const name = `holdfast_test_${workerId()}_${process.pid}_${clones}_${Date.now()}`;
  const url = await copyTemplate(adminUrl, name);
  return { url, drop: () => dropDatabase(adminUrl, name) };
}

/** The database of this Jest worker. Its tests roll back; one that commits takes {@link cloneDatabase} instead. */
export function workerDatabaseUrl(): string {
  return withDatabase(fromGlobalSetup('TEST_DATABASE_URL'), `holdfast_test_${workerId()}`);
}

/** Empties every table that the migrations left empty. Identity columns and sequences start again. */
export async function truncateAll(url: string): Promise<void> {
  const kept = ['schema_migrations', ...(process.env['TEST_REFERENCE_TABLES'] ?? '').split(',')];
  const tables = await runStatements(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1");
  const names = tables.map(({ tablename }) => String(tablename)).filter((name) => !kept.includes(name));
  if (names.length === 0) return;
  const list = names.map((name) => `"${name}"`).join(', ');
  // The audit trail and the ledgers refuse to lose rows; replica mode is how their owner switches the triggers off.
  await runStatements(url, "SET session_replication_role = 'replica'", `TRUNCATE ${list} RESTART IDENTITY`);
}

/** Valid inside hooks and tests, once `beforeAll` has run. */
export interface OwnDatabase {
  readonly url: string;
  readonly dataSource: DataSource;
  /** What use cases get: it opens real transactions here. */
  readonly database: Database;
  truncateAll(): Promise<void>;
}

/** Registers hooks: the test file commits to a database of its own, which is dropped after its last test. */
export function useOwnDatabase(options: DatabaseOptions = {}): OwnDatabase {
  const clone = provided<ClonedDatabase>();
  const source = provided<DataSource>();

  beforeAll(async () => {
    clone.set(await cloneDatabase());
    source.set(await new DataSource(settings(clone.get().url, options)).initialize());
  });
  afterAll(async () => {
    await source.find()?.destroy();
    await clone.find()?.drop();
  });

  return {
    get url() {
      return clone.get().url;
    },
    get dataSource() {
      return source.get();
    },
    get database() {
      return databaseOf(source.get());
    },
    truncateAll: () => truncateAll(clone.get().url),
  };
}

/** Valid inside hooks and tests, once `beforeEach` has run. */
export interface RolledBack {
  /** The transaction around the present test. */
  readonly tx: Tx;
  /** All its connections are this one: transactions that use cases open in it become savepoints. */
  readonly dataSource: DataSource;
  readonly database: Database;
}

/**
 * Registers hooks: each test runs inside one transaction that is rolled back after it. Not for races: there is a single
 * connection, and `now()` stands still within a transaction.
 */
export function withRollback(options: DatabaseOptions = {}): RolledBack {
  const source = provided<SingleConnection>();

  beforeAll(async () => {
    const dataSource = new SingleConnection(settings(workerDatabaseUrl(), options));
    await dataSource.initialize();
    source.set(dataSource);
  });
  beforeEach(() => source.get().begin());
  afterEach(() => source.get().rollBack());
  afterAll(() => source.find()?.destroy());

  return {
    get tx() {
      return source.get().createQueryRunner().manager;
    },
    get dataSource() {
      return source.get();
    },
    get database() {
      return databaseOf(source.get());
    },
  };
}

/** Hands out one connection to whoever asks, inside one open transaction. */
class SingleConnection extends DataSource {
  private open: { readonly runner: QueryRunner; readonly release: () => Promise<void> } | undefined;

  async begin(): Promise<void> {
    const runner = super.createQueryRunner('master');
    const release = runner.release.bind(runner);
    runner.release = () => Promise.resolve();
    await runner.startTransaction();
    this.open = { runner, release };
  }

  async rollBack(): Promise<void> {
    const open = this.open;
    this.open = undefined;
    if (!open) return;
    // A test that failed in the middle may have left savepoints open: each takes a rollback of its own.
    for (let depth = 0; depth < 10 && open.runner.isTransactionActive; depth += 1)
      await open.runner.rollbackTransaction();
    await open.release();
  }

  override createQueryRunner(mode: 'master' | 'slave' = 'master'): QueryRunner {
    return this.open?.runner ?? super.createQueryRunner(mode);
  }
}

const databases = new WeakMap<DataSource, Database>();

/** One for each data source, as in the application. */
function databaseOf(source: DataSource): Database {
  const database = databases.get(source) ?? new Database(source);
  databases.set(source, database);
  return database;
}

function settings(url: string, { entities = [] }: DatabaseOptions) {
  return { ...dataSourceOptions(url, 'api', POOL_SIZE), entities };
}

function workerId(): string {
  return process.env['JEST_WORKER_ID'] ?? '1';
}

/** Holds what a hook makes for the tests after it. */
function provided<T>() {
  let value: T | undefined;
  return {
    set: (next: T): void => {
      value = next;
    },
    find: (): T | undefined => value,
    get: (): T => {
      if (value === undefined) throw new Error('Not there yet: use it inside a hook or a test, not while describing.');
      return value;
    },
  };
}
