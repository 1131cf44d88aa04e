import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSameProcess, processMark } from '../process/identity.js';
import { projectRoot } from '../process/run-script.js';
import { pollUntil } from '../services/poll.js';
import { errorCode } from '../process/error-code.js';

const WAIT_LIMIT_MS = 300_000;

/** Runs `build` while no other start of this checkout builds: two compilers would delete each other's output. */
export async function withBuildLock(build: () => Promise<void>): Promise<void> {
  const folder = join(projectRoot, 'node_modules', '.cache');
  mkdirSync(folder, { recursive: true });
  const lock = join(folder, 'holdfast-build.lock');
  const taken = await pollUntil(WAIT_LIMIT_MS, () => take(lock) || undefined);
  if (!taken) throw new Error(`Another build has held ${lock} for ${WAIT_LIMIT_MS / 60_000} minutes.`);
  try {
    await build();
  } finally {
    rmSync(lock, { force: true });
  }
}

function take(lock: string): boolean {
  const draft = `${lock}.${process.pid}`;
  writeFileSync(draft, `${process.pid}\n${processMark(process.pid) ?? ''}`);
  try {
    linkSync(draft, lock);
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    if (!isHeld(lock)) rmSync(lock, { force: true });
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

function isHeld(lock: string): boolean {
  try {
    const [pid = '', mark = ''] = readFileSync(lock, 'utf8').split('\n');
    return isSameProcess(Number(pid), mark);
  } catch {
    return false;
  }
}
