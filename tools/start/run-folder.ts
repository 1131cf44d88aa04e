import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { onChildrenChanged } from '../process/child.js';
import { isSameProcess, processMark } from '../process/identity.js';
import { stopInOrder, stopRecordSchema, type StopRecord } from '../process/stop-in-order.js';
import { watchdogPid } from '../process/watchdog.js';
import { pollUntil } from '../services/poll.js';
import { errorCode } from '../process/error-code.js';

const processSchema = z.object({ pid: z.int(), mark: z.string() });
const runSchema = z.object({
  starter: processSchema,
  watchdog: processSchema.optional(),
  children: z.array(stopRecordSchema),
});
type Run = z.infer<typeof runSchema>;

/** Longer than the watchdog needs to stop everything with all time limits used up. */
const WATCHDOG_LIMIT_MS = 60_000;

/**
 * Makes this process the only `npm start` of `dataDir` and writes down its children there. What an earlier start left
 * running when it was killed is stopped first. Returns the function that gives the folder free again.
 *
 * @throws Error when another start runs in the folder.
 */
export async function claimFolder(dataDir: string): Promise<() => void> {
  // Root's PostgreSQL runs under another account that has to pass through; nobody can list or read anything.
  mkdirSync(dataDir, { recursive: true, mode: 0o711 });
  const file = join(dataDir, 'run.json');
  for (let attempt = 0; !create(file); attempt++) {
    if (attempt === 3) throw new Error(`Another npm start is starting in ${dataDir} at this moment.`);
    await clearStale(file, dataDir);
  }
  onChildrenChanged((children) => replace(file, children));
  return () => {
    onChildrenChanged(() => undefined);
    rmSync(file, { force: true });
  };
}

async function clearStale(file: string, dataDir: string): Promise<void> {
  const run = read(file);
  if (run && isSameProcess(run.starter.pid, run.starter.mark)) {
    throw new Error(
      `Holdfast already runs in this folder (pid ${run.starter.pid}, data in ${dataDir}): stop it first, or give this one another DATA_DIR and PORT.`,
    );
  }
  if (run) await stopLeftovers(run);
  rmSync(file, { force: true });
}

async function stopLeftovers(run: Run): Promise<void> {
  const { watchdog } = run;
  // The watchdog of the killed start may be at work still: two must not stop the same processes in turns.
  if (watchdog) {
    await pollUntil(WATCHDOG_LIMIT_MS, () => (isSameProcess(watchdog.pid, watchdog.mark) ? undefined : 'gone'));
  }
  await stopInOrder(run.children);
}

function create(file: string): boolean {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(present([])), { mode: 0o600 });
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function replace(file: string, children: readonly StopRecord[]): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(present(children)), { mode: 0o600 });
  renameSync(draft, file);
}

function present(children: readonly StopRecord[]): Run {
  const watchdog = identify(watchdogPid());
  return {
    starter: identify(process.pid) ?? { pid: process.pid, mark: '' },
    ...(watchdog ? { watchdog } : {}),
    children: [...children],
  };
}

function identify(pid: number | undefined): z.infer<typeof processSchema> | undefined {
  const mark = pid === undefined ? undefined : processMark(pid);
  return pid === undefined || mark === undefined ? undefined : { pid, mark };
}

function read(file: string): Run | undefined {
  try {
    return runSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // Removed in between by its owner, or damaged: nothing to go by either way.
    return undefined;
  }
}
