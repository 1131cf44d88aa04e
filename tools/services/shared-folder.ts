import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { tellWatchdog } from '../process/watchdog.js';
import { isRoot } from './account.js';

/**
 * A folder outside the project for what cannot be inside it: below /var/lib for root, readable for everybody but
 * writable for root alone (a fixed name in /tmp could be prepared by anybody), otherwise in the user's cache.
 */
export function sharedFolder(): string {
  const folder = isRoot
    ? '/var/lib/holdfast'
    : join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'holdfast');
  mkdirSync(folder, { recursive: true });
  if (isRoot) {
    if (statSync(folder).uid !== 0) throw new Error(`${folder} belongs to another account: remove it and start again`);
    chmodSync(folder, 0o755);
  }
  return folder;
}

/**
 * Makes `target` in one step: `fill` gets a folder beside it that is renamed when complete. Of two that do this at once
 * one wins and the other takes the winner's.
 */
export async function makeFolderOnce(target: string, fill: (folder: string) => Promise<void>): Promise<void> {
  if (statSync(target, { throwIfNoEntry: false })) return;
  const draft = `${target}.draft-${randomBytes(6).toString('hex')}`;
  // Should this process be killed on the way, the half-made folder goes with it.
  tellWatchdog({ temporary: draft });
  try {
    await fill(draft);
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (statSync(target, { throwIfNoEntry: false })) return;
    throw error;
  } finally {
    tellWatchdog({ removed: draft });
  }
}
