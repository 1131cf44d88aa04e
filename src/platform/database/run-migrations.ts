import { DataSource } from 'typeorm';
import { dataSourceOptions, migrationsDirectory } from './data-source-options.js';
import { MIGRATIONS_TABLE } from './migrations.js';

/** Two containers may migrate at once: the second waits here and then finds nothing left to do. */
const MIGRATION_LOCK = 4_864_325;
const LOCK_WAIT_MS = 60_000;

/**
 * Applies every missing migration, or takes the newest one back, each in a transaction of its own. Answers a line for each
 * thing done.
 */
export async function runMigrations(databaseUrl: string, direction: 'up' | 'down'): Promise<string[]> {
  const source = new DataSource({
    ...dataSourceOptions(databaseUrl, 'migration', 2),
    migrations: [`${migrationsDirectory}/*.{ts,js}`],
    migrationsTableName: MIGRATIONS_TABLE,
    migrationsTransactionMode: 'each',
  });
  await source.initialize();
  const lock = source.createQueryRunner();
  try {
    await lock.query(`SET lock_timeout = ${LOCK_WAIT_MS}`);
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return direction === 'up' ? await applyMissing(source) : await undoNewest(source);
  } finally {
    await lock.release();
    await source.destroy();
  }
}

async function applyMissing(source: DataSource): Promise<string[]> {
  const applied = await source.runMigrations();
  return applied.map((migration) => `applied ${migration.name}`);
}

async function undoNewest(source: DataSource): Promise<string[]> {
  const before = await source.query<{ name: string }[]>(
    `SELECT name FROM ${MIGRATIONS_TABLE} ORDER BY id DESC LIMIT 1`,
  );
  await source.undoLastMigration();
  return before.map((migration) => `took back ${migration.name}`);
}
