import { chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { describeExit, startChild } from '../process/child.js';
import { tellWatchdog } from '../process/watchdog.js';
import type { Account } from './account.js';
import { program } from './postgres-binaries.js';
import { stopOrder } from './service.js';
import { makeFolderOnce } from './shared-folder.js';

/** The role that owns an embedded cluster. */
export const clusterOwner = 'holdfast';

export interface ClusterPlan {
  readonly binaries: string;
  readonly account: Account;
  readonly dir: string;
  /** With a password every connection needs it (SCRAM); without, loopback connections are trusted: for tests alone. */
  readonly password?: string | undefined;
  readonly durable: boolean;
}

/** Makes the cluster in `plan.dir` unless it is there already; an interrupted initdb leaves nothing behind. */
export async function ensureCluster(plan: ClusterPlan): Promise<void> {
  if (existsSync(join(plan.dir, 'PG_VERSION'))) return;
  mkdirSync(dirname(plan.dir), { recursive: true });
  await makeFolderOnce(plan.dir, (draft) => initialise(plan, draft));
}

async function initialise(plan: ClusterPlan, draft: string): Promise<void> {
  mkdirSync(draft, { mode: 0o700 });
  own(draft, plan.account);
  // Inside the data folder initdb would refuse to find it, so it is beside it for that moment.
  const passwordFile = `${draft}.password`;
  tellWatchdog({ temporary: passwordFile });
  if (plan.password !== undefined) {
    writeFileSync(passwordFile, `${plan.password}\n`, { mode: 0o600 });
    own(passwordFile, plan.account);
  }
  try {
    await runInitdb(plan, draft, passwordFile);
  } finally {
    rmSync(passwordFile, { force: true });
    tellWatchdog({ removed: passwordFile });
  }
}

async function runInitdb(plan: ClusterPlan, draft: string, passwordFile: string): Promise<void> {
  const child = startChild({
    name: 'initdb',
    command: program(plan.binaries, 'initdb'),
    args: [
      ...['-D', draft, '-U', clusterOwner, '-E', 'UTF8', '--locale=C'],
      ...(plan.password === undefined ? ['--auth=trust'] : ['--auth=scram-sha-256', `--pwfile=${passwordFile}`]),
      ...(plan.durable ? [] : ['--no-sync']),
    ],
    options: { ...plan.account, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] },
    stop: { order: stopOrder.postgres, signal: 'SIGINT', graceMs: 5_000 },
  });
  let output = '';
  const keep = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(-4_000));
  child.process.stdout?.on('data', keep);
  child.process.stderr?.on('data', keep);
  const timer = setTimeout(() => void child.stop(), 120_000);
  const exit = await child.exited;
  clearTimeout(timer);
  if (exit.code !== 0) throw new Error(`PostgreSQL's initdb ${describeExit(exit)}:\n${output.trim()}`);
}

function own(path: string, account: Account): void {
  if (account.uid !== undefined && account.gid !== undefined) chownSync(path, account.uid, account.gid);
}

/** Makes `database` in the running cluster at `url` (its `postgres` database) unless it exists. */
export async function ensureDatabase(url: string, database: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, query_timeout: 30_000 });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(database)}`);
  } finally {
    await client.end();
  }
}
