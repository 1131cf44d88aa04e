import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type ServiceBuild, buildService } from '../../test/support/service-build.js';
import { SERVICE_ENVIRONMENT } from '../../tools/process/service-environment.js';
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
  /** In tables; `holdfast` without it. */
  readonly name?: string;
  /** Of each kind. */
  readonly processes?: number;
  readonly config?: Readonly<Record<string, string>>;
}

/** The service as it runs in production: compiled, its log at `info`, the rate limit off. */
export async function startHoldfast(options: HoldfastOptions): Promise<Variant> {
  const { services, database, name = 'holdfast', processes = 1 } = options;
  await createMigratedDatabase(services, database);
  const environment = environmentOf(options, await services.freshRedisUrl());
  const build = await buildService();
  const apis: (ServerProcess & { readonly port: number })[] = [];
  const workers: ServerProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all([...apis, ...workers].map((server) => server.stop()));
    build.remove();
  };
  try {
    for (let place = 0; place < processes; place += 1) {
      const port = await freePort();
      const program = { build, environment, logFile: join(options.folder, `${database}-${place}`) };
      apis.push({ port, ...(await startApi(program, port)) });
      workers.push(await startWorker(program, services.databaseUrl(database, WORKER_ROLE)));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const pids = { api: apis.map(({ pid }) => pid), worker: workers.map(({ pid }) => pid) };
  return { name, database, ports: apis.map(({ port }) => port), processes: pids, stop };
}

interface Program {
  readonly build: ServiceBuild;
  readonly environment: Readonly<Record<string, string>>;
  /** Without its end. */
  readonly logFile: string;
}

function startApi({ build, environment, logFile }: Program, port: number): Promise<ServerProcess> {
  return startServer({
    name: 'api',
    args: [...profiling(), join(build.folder, 'dist', 'main.js')],
    env: { ...environment, PORT: String(port) },
    logFile: `${logFile}-api.log`,
    isReady: () => answers(port, '/health/ready'),
  });
}

function startWorker({ build, environment, logFile }: Program, databaseUrl: string): Promise<ServerProcess> {
  return startServer({
    name: 'worker',
    args: [join(build.folder, 'dist', 'worker.js')],
    env: { ...environment, DATABASE_URL: databaseUrl },
    logFile: `${logFile}-worker.log`,
    isReady: (log) => log.includes('Starting Nest application...'),
  });
}

/** BENCH_CPU_PROFILE names a folder for V8's profile of the API, which `--cpu-prof` writes when it stops. */
function profiling(): string[] {
  const folder = process.env['BENCH_CPU_PROFILE'];
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}

function environmentOf(
  { services, secrets, database, config }: HoldfastOptions,
  redisUrl: string,
): Readonly<Record<string, string>> {
  return {
    ...SERVICE_ENVIRONMENT,
    NODE_ENV: 'production',
    DATABASE_URL: services.databaseUrl(database),
    REDIS_URL: redisUrl,
    JWT_SECRET: secrets.jwtSecret,
    SVC_INTERNAL_KEY: secrets.internalKey,
    STRIPE_SECRET_KEY: `sk_test_${randomBytes(12).toString('hex')}`,
    STRIPE_WEBHOOK_SECRET: `whsec_${randomBytes(24).toString('hex')}`,
    RATE_LIMIT_PER_MINUTE: '0',
    ...config,
  };
}
