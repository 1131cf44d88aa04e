import { spawnSync } from 'node:child_process';
import { projectRoot, scriptArguments } from '../../tools/process/run-script.js';
import { type Service, startPostgres, startRedis } from '../../tools/services.js';
import { requireTestDatabase, requireTestRedis } from '../support/guards.js';

const MIGRATION_LIMIT_MS = 120_000;
const DATABASE = 'holdfast_test_campaign';
const REDIS_DATABASE = 15;

export interface EmbeddedServices {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** What they are, for people. */
  readonly description: string;
  stop(): Promise<void>;
}

/** A fresh migrated PostgreSQL and an empty Redis, both gone after `stop()`. */
export async function startEmbeddedServices(durable: boolean): Promise<EmbeddedServices> {
  // What the environment names may matter to somebody, and a campaign breaks what it gets.
  for (const name of ['DATABASE_URL', 'REDIS_URL']) Reflect.deleteProperty(process.env, name);
  const started: Service[] = [];
  const stop = async (): Promise<void> => {
    for (const service of started.splice(0).reverse()) await service.stop();
  };
  try {
    const postgres = await startPostgres({ database: DATABASE, durable });
    started.push(postgres);
    const redis = await startRedis();
    started.push(redis);
    migrate(postgres.url);
    requireTestDatabase(postgres.url);
    return {
      databaseUrl: postgres.url,
      redisUrl: requireTestRedis(`${redis.url}/${REDIS_DATABASE}`),
      description: `PostgreSQL ${durable ? 'with' : 'without'} fsync, ${redis.kind}`,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function migrate(databaseUrl: string): void {
  const { PATH, HOME } = process.env;
  const { status, stderr } = spawnSync(process.execPath, scriptArguments('src/migrate.ts'), {
    cwd: projectRoot,
    env: { PATH, HOME, NODE_ENV: 'test', DATABASE_URL: databaseUrl },
    encoding: 'utf8',
    timeout: MIGRATION_LIMIT_MS,
  });
  if (status !== 0) throw new Error(`the database could not be migrated (exit ${String(status)}):\n${stderr}`);
}
