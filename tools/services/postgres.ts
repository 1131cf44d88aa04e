import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describeExit, startChild, type Child } from '../process/child.js';
import { tellWatchdog } from '../process/watchdog.js';
import { canEnter, isRoot, postgresAccount } from './account.js';
import { pollUntil } from './poll.js';
import { freePort } from './ports.js';
import { postgresBinaries, program } from './postgres-binaries.js';
import { clusterOwner, ensureCluster, ensureDatabase, type ClusterPlan } from './postgres-cluster.js';
import { clearLock, readPidFile } from './postgres-lock.js';
import { outsideService, processMembers, stopOrder, type Service } from './service.js';

export interface PostgresOptions {
  /** Data folder, kept; absent: a temporary one, removed by stop(). */
  readonly dir?: string;
  /** Absent: a free one. */
  readonly port?: number;
  /** Made unless it exists. */
  readonly database: string;
  /** True: every commit is on disk when it returns. False is for tests: a crash of the machine loses the cluster. */
  readonly durable: boolean;
  /** Asked of every connection when given; a new cluster is made with it. Without one loopback is trusted. */
  readonly password?: string;
  /** Where PostgreSQL writes its log; absent: beside the data. */
  readonly logFile?: string;
  /** Further settings of the server, as `name=value`. */
  readonly settings?: readonly string[];
  /** What to do when a PostgreSQL of an earlier start still runs on `dir` (default: refuse). */
  readonly whenRunning?: 'refuse' | 'stop';
}

const START_LIMIT_MS = 120_000;
const unsafeButFast = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

/**
 * PostgreSQL on the loopback interface: the one in DATABASE_URL, otherwise the embedded one of the npm package.
 *
 * @throws Error with a message for people when it cannot run here or another server holds the folder.
 */
export async function startPostgres(options: PostgresOptions): Promise<Service> {
  if (process.env.DATABASE_URL) return outsideService(process.env.DATABASE_URL);
  const home = options.dir === undefined ? temporaryHome() : undefined;
  const dir = resolve(options.dir ?? join(home ?? tmpdir(), 'data'));
  try {
    return await startOn(dir, home, options);
  } catch (error) {
    removeHome(home);
    throw error;
  }
}

async function startOn(dir: string, home: string | undefined, options: PostgresOptions): Promise<Service> {
  mkdirSync(dirname(dir), { recursive: true });
  const account = postgresAccount(dir);
  if (!canEnter(account, dirname(dir))) {
    throw new Error(`${dirname(dir)} is closed to the account that runs PostgreSQL (uid ${account.uid ?? 'unknown'}).`);
  }
  const plan = { ...options, dir, account, binaries: await postgresBinaries(account) };
  await clearLock(dir, options.whenRunning ?? 'refuse');
  await ensureCluster(plan);
  const { child, port } = await startServer(plan, options);
  const password = options.password === undefined ? '' : `:${encodeURIComponent(options.password)}`;
  const url = (database: string): string =>
    `postgres://${clusterOwner}${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  try {
    await ensureDatabase(url('postgres'), options.database);
  } catch (error) {
    await child.stop();
    throw new Error(`PostgreSQL runs on ${dir} but refuses the connection: ${messageOf(error)}`, { cause: error });
  }
  return {
    url: url(options.database),
    kind: 'embedded',
    ...processMembers(child),
    ...(home === undefined ? { dir } : {}),
    stop: async () => {
      await child.stop();
      removeHome(home);
    },
  };
}

type ServerPlan = ClusterPlan & Pick<PostgresOptions, 'logFile' | 'settings'>;

// A free port can be taken by somebody else before PostgreSQL listens on it, hence the attempts. Shared memory of a
// killed predecessor goes away when the last of its processes noticed; that takes a moment.
async function startServer(plan: ServerPlan, options: PostgresOptions): Promise<{ child: Child; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    const logFile = plan.logFile ?? `${plan.dir}.log`;
    const child = startServerProcess(plan, port, logFile);
    const failure = await waitUntilReady(child, plan.dir, logFile);
    if (failure === undefined) return { child, port };
    await child.stop();
    const passing = /pre-existing shared memory|Address already in use/.test(failure) && options.port === undefined;
    if (!passing || attempt === 20) throw new Error(failure);
    await delay(250);
  }
}

function startServerProcess(plan: ServerPlan, port: number, logFile: string): Child {
  const durability = plan.durable ? [] : unsafeButFast;
  const settings = ['max_connections=200', 'listen_addresses=127.0.0.1', ...durability, ...(plan.settings ?? [])];
  const log = openSync(logFile, 'a', 0o600);
  try {
    return startChild({
      name: 'postgres',
      command: program(plan.binaries, 'postgres'),
      // No Unix socket: its folder may be missing or shared, and TCP on loopback works the same everywhere.
      args: ['-D', plan.dir, '-p', String(port), '-k', '', ...settings.flatMap((setting) => ['-c', setting])],
      options: { ...plan.account, cwd: '/', stdio: ['ignore', log, log] },
      stop: { order: stopOrder.postgres, signal: 'SIGINT', graceMs: 20_000 },
    });
  } finally {
    closeSync(log);
  }
}

// PostgreSQL's own sign, the one that pg_ctl waits for. Returns why it failed, or undefined when it is ready.
async function waitUntilReady(child: Child, dir: string, logFile: string): Promise<string | undefined> {
  const outcome = await pollUntil(START_LIMIT_MS, () => {
    if (child.exit()) return 'ended';
    const found = readPidFile(dir);
    return found && found.pid === child.pid && found.status === 'ready' ? 'ready' : undefined;
  });
  if (outcome === 'ready') return undefined;
  const exit = child.exit();
  const what = exit ? describeExit(exit) : `was not ready within ${START_LIMIT_MS / 1_000} s`;
  return `PostgreSQL ${what}; the end of ${logFile}:\n${lastLines(logFile)}`;
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-12).join('\n');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function temporaryHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-postgres-'));
  tellWatchdog({ temporary: home });
  // The account that root lends to PostgreSQL has to pass through; the data inside stays its own.
  if (isRoot) chmodSync(home, 0o711);
  return home;
}

function removeHome(home: string | undefined): void {
  if (home === undefined) return;
  rmSync(home, { recursive: true, force: true });
  tellWatchdog({ removed: home });
}
