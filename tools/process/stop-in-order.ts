import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { isSameProcess } from './identity.js';

/** What is needed to stop a process later, also from another process. */
export const stopRecordSchema = z.object({
  name: z.string(),
  /** Never 0 or 1: a signal to them would reach far more than one process of ours. */
  pid: z.int().min(2),
  /** From `processMark`: guards against a pid that was given to somebody else meanwhile. */
  mark: z.string(),
  /** Lower numbers stop first; equal numbers stop together. */
  order: z.int(),
  signal: z.enum(['SIGTERM', 'SIGINT', 'SIGQUIT']),
  /** How long the process may take before SIGKILL, in milliseconds. */
  graceMs: z.int().min(0),
});
export type StopRecord = Readonly<z.infer<typeof stopRecordSchema>>;

const POLL_MS = 20;

/** Stops the processes of `records` that still run, group after group. Returns the names of those it had to signal. */
export async function stopInOrder(records: readonly StopRecord[]): Promise<string[]> {
  const stopped: string[] = [];
  for (const order of [...new Set(records.map((record) => record.order))].sort((a, b) => a - b)) {
    const group = records.filter((record) => record.order === order && isSameProcess(record.pid, record.mark));
    await Promise.all(group.map(stopOne));
    stopped.push(...group.map((record) => record.name));
  }
  return stopped;
}

async function stopOne(record: StopRecord): Promise<void> {
  sendSignal(record.pid, record.signal);
  if (await isGoneWithin(record, record.graceMs)) return;
  killTree(record.pid);
  await isGoneWithin(record, 5_000);
}

async function isGoneWithin(record: StopRecord, limitMs: number): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  while (isSameProcess(record.pid, record.mark)) {
    if (Date.now() >= deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

/** Sends `signal` and does not mind when the process is gone already. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself: that is what was wanted.
  }
}

/** SIGKILL for a process and, where it leads a group of its own, for what it started. */
export function killTree(pid: number): void {
  if (process.platform !== 'win32') sendSignal(-pid, 'SIGKILL');
  sendSignal(pid, 'SIGKILL');
}
