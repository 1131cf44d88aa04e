import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/index.js';
import type { Config } from '../../src/platform/config/index.js';
import { type Child, type ChildExit, describeExit, startChild } from '../../tools/process/child.js';
import { killTree } from '../../tools/process/stop-in-order.js';
import { endWatchdog } from '../../tools/process/watchdog.js';
import { freePort } from '../../tools/services/ports.js';
import { ApiClient } from './api-client.js';
import { LogLines } from './log-lines.js';
import { eventually } from './poll.js';
import { workerRedisUrl } from './redis.js';
import { buildService } from './service-build.js';
import { signToken } from './tokens.js';

/** How long a process may take from its start to its first answer, with everything else that the machine does. */
const START_LIMIT_MS = 30_000;
/** How long a process may take after SIGTERM before it is killed, which its exit then shows. */
const STOP_LIMIT_MS = 25_000;

type Environment = Readonly<Record<string, string>>;

export interface SystemOptions {
  /** A migrated test database of the caller's own. */
  readonly databaseUrl: string;
  /** Without it, database 15 of this Jest worker's Redis. */
  readonly redisUrl?: string;
  /** Environment variables of both processes, beside those that every test system gets. */
  readonly config?: Readonly<Partial<Record<keyof Config, string>>>;
  readonly sandbox?: SandboxOptions;
  /** Variables that are for Node itself. */
  readonly runtime?: Environment;
}

/** The API or the worker as a process of its own, which can be killed and started again. */
export interface TestProcess {
  /** What it printed on standard output, over all its lives. Each line has to be a JSON object. */
  readonly logs: LogLines;
  /** What it printed on standard error, over all its lives. */
  readonly errors: () => string;
  readonly pid: () => number;
  /** Resolves once it is ready. */
  start(): Promise<void>;
  /** SIGKILL, as a crash or the kernel's memory killer would do it. Resolves when it is gone. */
  kill9(): Promise<void>;
  /** SIGTERM, as a deployment does it. Resolves with its end when it is gone. */
  stop(): Promise<ChildExit>;
  /** Stops it and starts it again at the same address. */
  restart(): Promise<void>;
}

export interface TestSystem {
  readonly api: TestProcess;
  readonly worker: TestProcess;
  /** Runs in this process, so that it outlives the others and can be asked what really happened. */
  readonly sandbox: Sandbox;
  /** `http://127.0.0.1:<port>`, the same after every restart. */
  readonly url: string;
  /** A customer; without a name a new one. */
  customer(sub?: string): ApiClient;
  admin(): ApiClient;
  /** Stops what still runs. Call it in `afterAll`. */
  close(): Promise<void>;
}

/**
 * Prepares the API and the worker as child processes beside a Stripe sandbox, with random secrets. Nothing is started but
 * the sandbox: call `api.start()` and `worker.start()`. No webhook is sent, so that what settles a payment is the process
 * under test alone.
 */
export async function prepareSystem(options: SystemOptions): Promise<TestSystem> {
  const build = await buildService();
  const sandbox = await startSandbox(options.sandbox);
  const jwtSecret = randomBytes(32).toString('hex');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const environment = environmentOf(options, { sandbox, jwtSecret, port });
  const start = (file: string) => spawnService(join(build.folder, 'dist', file), environment);
  const api = processOf(
    'api',
    () => start('main.js'),
    () => answersReady(url),
  );
  const worker = processOf('worker', () => start('worker.js'), saysStarted);
  const signedIn = (sub: string, role: 'customer' | 'admin'): ApiClient =>
    new ApiClient(url, sub, {
      Authorization: `Bearer ${signToken({ sub, role, email: `${sub}@example.com` }, jwtSecret)}`,
    });
  return {
    api,
    worker,
    sandbox,
    url,
    customer: (sub = `customer_${randomBytes(6).toString('hex')}`) => signedIn(sub, 'customer'),
    admin: () => signedIn('admin_alice', 'admin'),
    close: async () => {
      await Promise.all([api.stop(), worker.stop()]);
      await sandbox.stop();
      build.remove();
      await endWatchdog();
    },
  };
}

function environmentOf(
  { databaseUrl, redisUrl, config, runtime }: SystemOptions,
  made: { readonly sandbox: Sandbox; readonly jwtSecret: string; readonly port: number },
): Environment {
  return {
    PATH: process.env['PATH'] ?? '',
    NODE_ENV: 'test',
    PORT: String(made.port),
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl ?? workerRedisUrl(),
    JWT_SECRET: made.jwtSecret,
    SVC_INTERNAL_KEY: randomBytes(24).toString('hex'),
    STRIPE_SECRET_KEY: `sk_test_${randomBytes(12).toString('hex')}`,
    STRIPE_WEBHOOK_SECRET: `whsec_${randomBytes(24).toString('hex')}`,
    STRIPE_API_BASE: made.sandbox.url,
    RATE_LIMIT_PER_MINUTE: '0',
    SWEEP_INTERVAL_SECONDS: '1',
    LOG_LEVEL: 'info',
    ...config,
    ...runtime,
  };
}

function spawnService(file: string, env: Environment): Child {
  return startChild({
    name: file,
    command: process.execPath,
    args: ['--enable-source-maps', file],
    options: { env, stdio: ['ignore', 'pipe', 'pipe'] },
    stop: { order: 1, signal: 'SIGTERM', graceMs: STOP_LIMIT_MS },
  });
}

/** One life of a process: its own log lines tell when it is ready. */
interface Life {
  readonly child: Child;
  readonly logs: LogLines;
}

function processOf(name: string, spawn: () => Child, requireReady: (life: Life) => Promise<void>): TestProcess {
  const logs = new LogLines();
  let errors = '';
  let life: Life | undefined;
  const start = async (): Promise<void> => {
    const child = spawn();
    const own = new LogLines();
    life = { child, logs: own };
    collect(child, [logs, own], (text) => (errors = (errors + text).slice(-100_000)));
    await becomeReady(name, life, requireReady, () => errors);
  };
  const stop = async (): Promise<ChildExit> => {
    await life?.child.stop();
    return life?.child.exit() ?? { code: 0, signal: null };
  };
  return {
    logs,
    errors: () => errors,
    pid: () => pidOf(name, life),
    start,
    stop,
    kill9: async () => {
      killTree(pidOf(name, life));
      await life?.child.exited;
    },
    restart: async () => {
      await stop();
      await start();
    },
  };
}

function pidOf(name: string, life: Life | undefined): number {
  if (life?.child.pid === undefined) throw new Error(`the ${name} was never started`);
  return life.child.pid;
}

function collect(
  { process: { stdout, stderr } }: Child,
  logs: readonly LogLines[],
  onError: (text: string) => void,
): void {
  if (stdout === null || stderr === null) throw new Error('the process has no output to read');
  createInterface({ input: stdout }).on('line', (line) => logs.forEach((each) => each.write(`${line}\n`)));
  stderr.on('data', (chunk: Buffer) => onError(chunk.toString()));
}

async function becomeReady(
  name: string,
  life: Life,
  requireReady: (life: Life) => Promise<void>,
  errors: () => string,
): Promise<void> {
  let exit: ChildExit | undefined;
  await eventually(
    async () => {
      exit = life.child.exit();
      if (!exit) await requireReady(life);
    },
    { withinMs: START_LIMIT_MS },
  );
  if (exit) throw new Error(`the ${name} ${describeExit(exit)} before it was ready:\n${life.logs.text}${errors()}`);
}

async function answersReady(url: string): Promise<void> {
  const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`the API answers ${answer.status} to GET /health/ready`);
}

/** The worker keeps its lines back until its application stands, so that the first one tells that it does. */
async function saysStarted({ logs }: Life): Promise<void> {
  if (logs.named('Starting Nest application...').length === 0) throw new Error('the worker has not started');
}
