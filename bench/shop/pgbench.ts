import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { projectRoot } from '../../tools/process/run-script.js';
import { startChild } from '../../tools/process/child.js';
import { stopOrder } from '../../tools/services/service.js';
import type { LoadReport } from '../load/job.js';
import { readPgbenchLog, readPgbenchOutput } from '../measure/pgbench-output.js';

const SCRIPT = join(projectRoot, 'bench', 'limit', 'purchase.pgbench');

export interface PgbenchPlan {
  readonly databaseUrl: string;
  readonly products: number;
  readonly connections: number;
  readonly seconds: number;
  /** For its log, which is read and removed. */
  readonly folder: string;
}

/** As many as the service and the bare limit have in their pools. */
const MOST_CONNECTIONS = 16;

let runs = 0;

/** Whether there is a pgbench that runs; embedded PostgreSQL ships none. */
export async function hasPgbench(): Promise<boolean> {
  const { output } = await run(['--version']);
  return output.startsWith('pgbench ');
}

/**
 * The purchases of the bare limit without any server in front: pgbench calls the same functions, prepared. Its connections
 * are new in each run, so that some 40 ms of CPU for planning on each of them are a part of what it costs.
 */
export async function runPgbench(plan: PgbenchPlan): Promise<LoadReport> {
  runs += 1;
  const variables = ['-D', `run=${runs}`, '-D', 'n=0', '-D', `products=${plan.products}`];
  const log = ['--log', `--log-prefix=${join(plan.folder, 'pgbench')}`];
  const { output, complaint } = await run([
    ...[
      '-n',
      '-M',
      'prepared',
      '-c',
      String(Math.min(plan.connections, MOST_CONNECTIONS)),
      '-j',
      '1',
      '-T',
      String(plan.seconds),
    ],
    ...variables,
    ...log,
    ...['-f', SCRIPT, plan.databaseUrl],
  ]);
  if (complaint !== '') throw new Error(`pgbench failed:\n${complaint}`);
  const { transactions, perSecond } = readPgbenchOutput(output);
  const flow = takeLogs(plan.folder);
  return {
    orders: transactions,
    seconds: transactions / perSecond,
    samples: { cart: [], checkout: [], pay: [], flow },
    refusals: {},
  };
}

function takeLogs(folder: string): number[] {
  const files = readdirSync(folder).filter((name) => name.startsWith('pgbench.'));
  return files.flatMap((name) => {
    const samples = readPgbenchLog(readFileSync(join(folder, name), 'utf8'));
    rmSync(join(folder, name));
    return samples;
  });
}

/** `complaint` is empty where it ended well. */
async function run(args: readonly string[]): Promise<{ output: string; complaint: string }> {
  const child = startChild({
    name: 'pgbench',
    command: 'pgbench',
    args,
    options: { stdio: ['ignore', 'pipe', 'pipe'] },
    stop: { order: stopOrder.application, signal: 'SIGTERM', graceMs: 2_000 },
  });
  const { stdout, stderr } = child.process;
  if (!stdout || !stderr) throw new Error('pgbench has no output');
  const [output, errors] = await Promise.all([text(stdout), text(stderr)]);
  const { code, error } = await child.exited;
  return { output, complaint: code === 0 ? '' : `${error?.message ?? ''}${errors}` };
}
