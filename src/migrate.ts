import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { dataSourceOptions, migrationsDirectory, MIGRATIONS_TABLE } from './platform/database/index.js';

/** Two containers may migrate at once: the second waits here and then finds nothing left to do. */
const MIGRATION_LOCK = 4_864_325;

const USAGE = `Usage: npm run migrate [-- up | down]
  up    applies every migration that is missing (the default)
  down  takes back the newest one
DATABASE_URL names the database.
`;

async function migrate(direction: string): Promise<void> {
  const url = process.env['DATABASE_URL'];
  if (!url) throw new Error('DATABASE_URL is required');
  const source = new DataSource({
    ...dataSourceOptions(url, 'migration', 2),
    migrations: [`${migrationsDirectory}/*.{ts,js}`],
    migrationsTableName: MIGRATIONS_TABLE,
    migrationsTransactionMode: 'each',
  });
  await source.initialize();
  const lock = source.createQueryRunner();
  try {
    await lock.query('SET lock_timeout = 60000');
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const names = direction === 'down' ? await undoNewest(source) : await applyMissing(source);
    process.stdout.write(names.length === 0 ? 'Nothing to do: the schema is current.\n' : `${names.join('\n')}\n`);
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
  await source.undoLastMigration();
  return ['took back the newest migration'];
}

const direction = process.argv[2] ?? 'up';
if (direction === 'up' || direction === 'down') {
  migrate(direction).catch((error: unknown) => {
    process.stderr.write(`Migration failed: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
} else {
  process.stderr.write(USAGE);
  process.exitCode = 64;
}
