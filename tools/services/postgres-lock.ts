import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { commandLine, processMark } from '../process/identity.js';
import { stopInOrder } from '../process/stop-in-order.js';

/** The contents of postmaster.pid, as `pg_ctl` reads them (src/include/utils/pidfile.h): pid, folder, …, status. */
export function readPidFile(dataDir: string): { pid: number; status: string } | undefined {
  try {
    const lines = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(lines[0]);
    return pid > 0 ? { pid, status: (lines[7] ?? '').trim() } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Makes `dataDir` free to start on. A lock left by a kill is removed even when its pid belongs to somebody else by now
 * (PostgreSQL itself would refuse). A server that really runs there is refused or, for the owner of the folder, stopped.
 */
export async function clearLock(dataDir: string, whenRunning: 'refuse' | 'stop'): Promise<void> {
  const found = readPidFile(dataDir);
  if (!found) return;
  const mark = runsOn(found.pid, dataDir) ? processMark(found.pid) : undefined;
  if (mark !== undefined && whenRunning === 'refuse') {
    throw new Error(
      `A PostgreSQL server (pid ${found.pid}) already runs on ${dataDir}: stop it first, or choose another folder.`,
    );
  }
  if (mark !== undefined) {
    await stopInOrder([{ name: 'postgres', pid: found.pid, mark, order: 1, signal: 'SIGINT', graceMs: 15_000 }]);
  }
  rmSync(join(dataDir, 'postmaster.pid'), { force: true });
}

function runsOn(pid: number, dataDir: string): boolean {
  if (processMark(pid) === undefined) return false;
  const line = commandLine(pid);
  // Where the system hides command lines a living pid must count, or two servers would share one folder.
  if (line === '') return true;
  return line.includes('postgres') && line.includes(resolve(dataDir));
}
