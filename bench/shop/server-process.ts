import { closeSync, openSync, readFileSync } from 'node:fs';
import { type Child, describeExit, startChild } from '../../tools/process/child.js';
import { pollUntil } from '../../tools/services/poll.js';
import { stopOrder } from '../../tools/services/service.js';

const START_LIMIT_MS = 60_000;
const SHOWN_LOG = 4_000;

export interface ServerPlan {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Where its log lines go, as they would in production: writing them is a part of the work. */
  readonly logFile: string;
  /** Whether it can serve; may throw while it cannot. */
  readonly isReady: (log: string) => Promise<boolean> | boolean;
}

export interface ServerProcess {
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a Node process and waits until it is ready. Throws with the end of its log where it does not become so. */
export async function startServer(plan: ServerPlan): Promise<ServerProcess> {
  const log = openSync(plan.logFile, 'a', 0o600);
  const child = startChild({
    name: plan.name,
    command: process.execPath,
    args: plan.args,
    options: { env: { PATH: process.env['PATH'] ?? '', ...plan.env }, stdio: ['ignore', log, log] },
    stop: { order: stopOrder.application, signal: 'SIGTERM', graceMs: 20_000 },
  });
  closeSync(log);
  const ready = await pollUntil(START_LIMIT_MS, () => (child.exit() ? false : isReady(plan)));
  if (ready !== true) throw await failure(plan, child);
  return { pid: child.pid ?? 0, stop: () => child.stop() };
}

async function isReady(plan: ServerPlan): Promise<true | undefined> {
  try {
    return (await plan.isReady(readFileSync(plan.logFile, 'utf8'))) || undefined;
  } catch {
    return undefined;
  }
}

async function failure(plan: ServerPlan, child: Child): Promise<Error> {
  const exit = child.exit();
  await child.stop();
  const log = readFileSync(plan.logFile, 'utf8').slice(-SHOWN_LOG);
  return new Error(`${plan.name} ${exit ? describeExit(exit) : 'did not become ready'}:\n${log}`);
}

/** Whether a server answers on this port and path. */
export async function answers(port: number, path: string): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(5_000) });
  await answer.body?.cancel();
  return answer.ok;
}
