import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeExit, startChild } from '../process/child.js';
import { projectRoot } from '../process/run-script.js';
import { withBuildLock } from './build-lock.js';
import { npmCommand } from './npm-command.js';

const sources = ['src', 'migrations'];
const inputs = ['package.json', 'package-lock.json', 'nest-cli.json'];
const stampFile = join(projectRoot, 'dist', '.built-from');
const BUILD_LIMIT_MS = 300_000;

/** Runs `npm run build` unless `dist/` was built from these very sources. @throws Error with the compiler's output. */
export async function buildIfStale(say: (line: string) => void): Promise<void> {
  if (isFresh()) return;
  await withBuildLock(async () => {
    // Another start may have built it while this one waited for the lock.
    if (isFresh()) return;
    say('Building (the first start, or the sources changed)');
    // Taken before the build: a source that changes meanwhile must lead to another one.
    const stamp = stampOfSources();
    await runBuild();
    mkdirSync(join(projectRoot, 'dist'), { recursive: true });
    writeFileSync(stampFile, stamp);
  });
}

function isFresh(): boolean {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stampOfSources();
}

function stampOfSources(): string {
  const hash = createHash('sha256');
  for (const file of [...sources.flatMap(filesBelow), ...inputs, ...typescriptSettings()]) {
    const path = join(projectRoot, file);
    if (!existsSync(path)) continue;
    hash.update(`${file}\n`).update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}

function filesBelow(folder: string): string[] {
  const path = join(projectRoot, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.spec.ts'))
    .map((entry) => join(entry.parentPath, entry.name).slice(projectRoot.length + 1))
    .sort();
}

function typescriptSettings(): string[] {
  return readdirSync(projectRoot)
    .filter((name) => /^tsconfig.*\.json$/.test(name))
    .sort();
}

async function runBuild(): Promise<void> {
  const { command, args } = npmCommand(['run', '--silent', 'build']);
  const child = startChild({
    name: 'build',
    command,
    args,
    options: { cwd: projectRoot, stdio: ['ignore', 'pipe', 'pipe'] },
    stop: { order: 0, signal: 'SIGTERM', graceMs: 1_000 },
  });
  let output = '';
  const keep = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(-20_000));
  child.process.stdout?.on('data', keep);
  child.process.stderr?.on('data', keep);
  const timer = setTimeout(() => void child.stop(), BUILD_LIMIT_MS);
  const exit = await child.exited;
  clearTimeout(timer);
  if (exit.code !== 0) throw new Error(`npm run build ${describeExit(exit)}:\n${output.trim()}`);
}
