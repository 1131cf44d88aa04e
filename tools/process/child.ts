import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { processMark } from './identity.js';
import { killTree, type StopRecord } from './stop-in-order.js';
import { tellWatchdog } from './watchdog.js';

/** What to start and how to stop it again. */
export interface ChildPlan {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly options: SpawnOptions;
  readonly stop: Pick<StopRecord, 'order' | 'signal' | 'graceMs'>;
}

/** How a child ended: `code` is null after a signal, `error` is set when it could not be started. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error?: Error;
}

export interface Child {
  readonly name: string;
  readonly pid: number | undefined;
  readonly process: ChildProcess;
  /** Resolves, never rejects, when the process is gone. */
  readonly exited: Promise<ChildExit>;
  /** Undefined while it runs. */
  readonly exit: () => ChildExit | undefined;
  /** Sends the stop signal, waits for the grace time, then SIGKILL. Resolves when the process is gone. */
  stop(graceMs?: number): Promise<void>;
}

interface Entry {
  readonly child: Child;
  readonly order: number;
  readonly record: StopRecord | undefined;
}

const children = new Set<Entry>();
let refusing = false;
let listener: ((records: readonly StopRecord[]) => void) | undefined;

/** Calls `listen` with the running children each time that one starts or ends. */
export function onChildrenChanged(listen: (records: readonly StopRecord[]) => void): void {
  listener = listen;
}

/**
 * Starts a process in a group of its own, so that a Ctrl-C in the terminal reaches only this process and the children
 * end in their order. The watchdog stops it should this process be killed.
 */
export function startChild(plan: ChildPlan): Child {
  if (refusing) throw new Error(`${plan.name} is not started: everything is being stopped`);
  const spawned = spawn(plan.command, plan.args, {
    ...plan.options,
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const child = follow(plan, spawned);
  const entry = { child, order: plan.stop.order, record: recordOf(plan, spawned.pid) };
  add(entry);
  void child.exited.then(() => remove(entry));
  return child;
}

function recordOf({ name, stop }: ChildPlan, pid: number | undefined): StopRecord | undefined {
  const mark = pid === undefined ? undefined : processMark(pid);
  return pid === undefined || mark === undefined ? undefined : { name, pid, mark, ...stop };
}

function add(entry: Entry): void {
  children.add(entry);
  if (entry.record) tellWatchdog({ watch: entry.record });
  announce();
}

function remove(entry: Entry): void {
  children.delete(entry);
  if (entry.record) tellWatchdog({ gone: entry.record.pid });
  announce();
}

function announce(): void {
  listener?.([...children].flatMap(({ record }) => record ?? []));
}

/** Stops every child in order and starts none any more. With `graceMs` each gets at most that long. */
export async function stopAllChildren(graceMs?: number): Promise<void> {
  refusing = true;
  for (const order of [...new Set([...children].map((entry) => entry.order))].sort((a, b) => a - b)) {
    const group = [...children].filter((entry) => entry.order === order);
    await Promise.all(group.map((entry) => entry.child.stop(graceMs)));
  }
}

/** SIGKILL for all children that stop before `order`; the rest is left to `stopAllChildren`. */
export function killChildrenBefore(order: number): void {
  for (const entry of children) {
    if (entry.order < order && entry.child.pid !== undefined) killTree(entry.child.pid);
  }
}

function follow(plan: ChildPlan, spawned: ChildProcess): Child {
  const { name } = plan;
  const { pid } = spawned;
  let exit: ChildExit | undefined;
  const exited = new Promise<ChildExit>((resolve) => {
    spawned.once('error', (error) => {
      // Also emitted when a signal could not be sent; then the process is still there and `exit` follows.
      if (pid === undefined) resolve((exit = { code: null, signal: null, error }));
    });
    spawned.once('exit', (code, signal) => resolve((exit = { code, signal })));
  });
  return {
    name,
    pid,
    process: spawned,
    exited,
    exit: () => exit,
    stop: async (graceMs = plan.stop.graceMs) => {
      if (exit || pid === undefined) return;
      spawned.kill(plan.stop.signal);
      const timer = setTimeout(() => killTree(pid), graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** `exited with code 1`, `was ended by SIGKILL` or `could not be started: …`, for messages. */
export function describeExit(exit: ChildExit): string {
  if (exit.error) return `could not be started: ${exit.error.message}`;
  return exit.signal ? `was ended by ${exit.signal}` : `exited with code ${exit.code ?? 'unknown'}`;
}
