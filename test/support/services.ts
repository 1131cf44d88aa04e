import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { startPostgres, startRedis } from '../../tools/services.js';
import { requireTestDatabase, requireTestRedis } from './guards.js';
import { copyTemplate, dropDatabase, runStatements, TEMPLATE, withDatabase } from './test-databases.js';

const root = path.resolve(import.meta.dirname, '../..');
const MIGRATION_LIMIT_MS = 60_000;
const REDIS_DATABASE = 15;

type Stop = () => Promise<void>;

/**
 * Starts what the integration and end-to-end projects need and tells the Jest workers through the environment: one
 * PostgreSQL with a migrated template and a copy of it per worker, one Redis per worker, because each flushes its own.
 * TEST_DATABASE_URL and TEST_REDIS_URLS (comma-separated, at least one per worker) name servers that run already.
 *
 * @throws Error when a service does not start: the suite fails then, it never skips.
 */
export async function startTestServices(workers: number): Promise<{ stop: Stop }> {
  const stops: Stop[] = [];
  const stop: Stop = async () => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  // The application's own variables may name databases that matter; nothing started from here may see them.
  delete process.env['DATABASE_URL'];
  delete process.env['REDIS_URL'];
  try {
    await providePostgres(workers, stops);
    await provideRedis(workers, stops);
    return { stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function providePostgres(workers: number, stops: Stop[]): Promise<void> {
  const given = process.env['TEST_DATABASE_URL'];
  const adminUrl = given ?? (await embeddedPostgres(stops));
  requireTestDatabase(adminUrl);
  await dropDatabase(adminUrl, TEMPLATE);
  await runStatements(adminUrl, `CREATE DATABASE "${TEMPLATE}"`);
  const templateUrl = withDatabase(adminUrl, TEMPLATE);
  migrate(templateUrl);
  process.env['TEST_REFERENCE_TABLES'] = (await tablesWithRows(templateUrl)).join(',');
  const copies = Array.from({ length: workers }, (_, index) => `holdfast_test_${index + 1}`);
  for (const name of copies) await copyTemplate(adminUrl, name);
  process.env['TEST_DATABASE_URL'] = adminUrl;
  if (given !== undefined) {
    stops.push(async () => {
      for (const name of [...copies, TEMPLATE]) await dropDatabase(adminUrl, name);
    });
  }
}

async function embeddedPostgres(stops: Stop[]): Promise<string> {
  const postgres = await startPostgres({ database: 'holdfast_test', durable: false });
  stops.push(() => postgres.stop());
  return postgres.url;
}

function migrate(url: string): void {
  const { PATH, HOME } = process.env;
  const result = spawnSync(process.execPath, ['--import', 'tsx', 'src/migrate.ts'], {
    cwd: root,
    env: { PATH, HOME, NODE_ENV: 'test', DATABASE_URL: url },
    encoding: 'utf8',
    timeout: MIGRATION_LIMIT_MS,
  });
  if (result.status !== 0) {
    throw new Error(`The test template could not be migrated (exit ${String(result.status)}):\n${result.stderr}`);
  }
}

/** Tables that the migrations themselves filled: reference data, which truncating between tests leaves alone. */
async function tablesWithRows(url: string): Promise<string[]> {
  const tables = await runStatements(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1");
  const filled: string[] = [];
  for (const { tablename } of tables) {
    const name = String(tablename);
    const rows = await runStatements(url, `SELECT 1 FROM "${name}" LIMIT 1`);
    if (rows.length > 0) filled.push(name);
  }
  return filled;
}

async function provideRedis(workers: number, stops: Stop[]): Promise<void> {
  const given = process.env['TEST_REDIS_URLS']?.split(',') ?? [];
  if (given.length > 0 && given.length < workers) {
    throw new Error(
      `TEST_REDIS_URLS names ${given.length} servers for ${workers} workers, and they must not share one.`,
    );
  }
  const urls = given.length > 0 ? given : await embeddedRedis(workers, stops);
  urls.forEach(requireTestRedis);
  process.env['TEST_REDIS_URLS'] = urls.join(',');
}

async function embeddedRedis(workers: number, stops: Stop[]): Promise<string[]> {
  const urls: string[] = [];
  for (let worker = 1; worker <= workers; worker += 1) {
    const redis = await startRedis({});
    stops.push(() => redis.stop());
    urls.push(`${redis.url}/${REDIS_DATABASE}`);
  }
  return urls;
}
