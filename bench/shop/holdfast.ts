import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type ServiceBuild, buildService } from '../../test/support/service-build.js';
import { freePort } from '../../tools/services/ports.js';
import { createMigratedDatabase } from './migrated-database.js';
import { answers, type ServerProcess, startServer } from './server-process.js';
import type { BenchServices } from './services.js';
import type { Secrets, Variant } from './variant.js';

/** Statements of the worker are told from those of the API by the role that sends them. */
export const WORKER_ROLE = 'bench_worker';

export interface HoldfastOptions {
  readonly services: BenchServices;
  readonly secrets: Secrets;
  readonly folder: string;
  readonly database: string;
  /** Of each kind. */
  readonly processes?: number;
  readonly config?: Readonly<Record<string, string>>;
}

/** The service as it runs in production: compiled, its log at `info`, the rate limit off. */
export async function startHoldfast(options: HoldfastOptions): Promise<Variant> {
  const { services, database } = options;
  await createMigratedDatabase(services, database);
  const build = await buildService();
  const started: ServerProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.splice(0).map((server) => server.stop()));
    build.remove();
  };
  try {
    const ports: number[] = [];
    const api: number[] = [];
    const worker: number[] = [];
    for (let place = 0; place < (options.processes ?? 1); place += 1) {
      const port = await freePort();
      ports.push(port);
      started.push(await startApi(options, build, port));
      api.push(started.at(-1)?.pid ?? 0);
      started.push(await startWorker(options, build, place));
      worker.push(started.at(-1)?.pid ?? 0);
    }
    return { name: 'holdfast', database, ports, processes: { api, worker }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startApi(options: HoldfastOptions, build: ServiceBuild, port: number): Promise<ServerProcess> {
  return startServer({
    name: 'api',
    args: [...profiling(), join(build.folder, 'dist', 'main.js')],
    env: { ...environment(options), PORT: String(port) },
    logFile: join(options.folder, `${options.database}-api-${port}.log`),
    isReady: () => answers(port, '/health/ready'),
  });
}

function startWorker(options: HoldfastOptions, build: ServiceBuild, place: number): Promise<ServerProcess> {
  const { services, database, folder } = options;
  return startServer({
    name: 'worker',
    args: [join(build.folder, 'dist', 'worker.js')],
    env: { ...environment(options), DATABASE_URL: services.databaseUrl(database, WORKER_ROLE) },
    logFile: join(folder, `${database}-worker-${place}.log`),
    isReady: (log) => log.includes('Starting Nest application...'),
  });
}

/** BENCH_CPU_PROFILE names a folder for V8's profile of the API, which `--cpu-prof` writes when it stops. */
function profiling(): string[] {
  const folder = process.env['BENCH_CPU_PROFILE'];
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}

function environment({ services, secrets, database, config }: HoldfastOptions): Record<string, string> {
  return {
    NODE_ENV: 'production',
    DATABASE_URL: services.databaseUrl(database),
    REDIS_URL: services.redisUrl,
    JWT_SECRET: secrets.jwtSecret,
    SVC_INTERNAL_KEY: secrets.internalKey,
    STRIPE_SECRET_KEY: `sk_test_${randomBytes(12).toString('hex')}`,
    STRIPE_WEBHOOK_SECRET: `whsec_${randomBytes(24).toString('hex')}`,
    RATE_LIMIT_PER_MINUTE: '0',
    ...config,
  };
}
