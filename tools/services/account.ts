import { execFileSync, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';

/** The system account that PostgreSQL runs as; empty when it is the present one. */
export interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

export const isRoot = process.getuid?.() === 0;

/**
 * PostgreSQL refuses to run as root, so root lends it an unprivileged account: the owner of the data when there is data
 * already, otherwise `postgres`, otherwise `nobody`. Everybody else runs it himself.
 */
export function postgresAccount(dataDir: string): Account {
  if (!isRoot) return {};
  return ownerOf(dataDir) ?? accountNamed('postgres') ?? accountNamed('nobody') ?? refuse();
}

/** Whether `account` can enter `folder`, asked of the kernel itself (parents, ACLs and mounts included). */
export function canEnter(account: Account, folder: string): boolean {
  if (process.platform === 'win32') return true;
  const shell = spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], { ...account, stdio: 'ignore', cwd: '/' });
  return shell.status === 0;
}

function ownerOf(dataDir: string): Account | undefined {
  const stat = statSync(dataDir, { throwIfNoEntry: false });
  return stat && stat.uid !== 0 ? { uid: stat.uid, gid: stat.gid } : undefined;
}

function accountNamed(name: string): Account | undefined {
  try {
    const ask = (flag: string): number =>
      Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: ask('-u'), gid: ask('-g') };
  } catch {
    return undefined;
  }
}

function refuse(): never {
  throw new Error(
    'PostgreSQL does not run as root and there is no account "postgres" or "nobody" to run it: start as an ordinary user, or set DATABASE_URL.',
  );
}
