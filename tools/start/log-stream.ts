import type { ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const INFO = 30;
const WARN = 40;
const levelNumbers = new Map([
  ['trace', 10],
  ['debug', 20],
  ['info', INFO],
  ['warn', WARN],
  ['error', 50],
  ['fatal', 60],
]);
const ROTATE_BYTES = 20_000_000;
const KEPT_LINES = 20;

/** The file for the log of `name`, with last time's put aside when it has grown large. */
export function logFile(dataDir: string, name: string): string {
  const folder = join(dataDir, 'logs');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.log`);
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > ROTATE_BYTES) renameSync(file, `${file}.1`);
  return file;
}

export interface LogOptions {
  readonly name: string;
  readonly file: string;
  /** Everything goes to the terminal, not only warnings and what is printed on standard error. */
  readonly verbose: boolean;
}

/** Writes what a child prints to its log file, shows what matters, and keeps the last lines for an obituary. */
export function followLog(child: ChildProcess, options: LogOptions): { lastLines: () => string } {
  const file = createWriteStream(options.file, { flags: 'a', mode: 0o600 });
  // A full disk must not take the service down with it.
  file.on('error', () => undefined);
  const recent: string[] = [];
  const take = (line: string, plainLevel: number): void => {
    file.write(`${line}\n`);
    recent.push(line);
    if (recent.length > KEPT_LINES) recent.shift();
    if (options.verbose || levelOf(line, plainLevel) >= WARN) process.stderr.write(`${options.name} | ${line}\n`);
  };
  readLines(child.stdout, (line) => take(line, INFO));
  readLines(child.stderr, (line) => take(line, WARN));
  child.once('close', () => file.end());
  return { lastLines: () => recent.join('\n') };
}

function readLines(stream: Readable | null, take: (line: string) => void): void {
  if (!stream) return;
  stream.on('error', () => undefined);
  createInterface({ input: stream, crlfDelay: Infinity }).on('line', take);
}

/** The level of a pino line, as number or as name; `plainLevel` for a line that is none. */
export function levelOf(line: string, plainLevel: number): number {
  if (line.trim() === '') return 0;
  try {
    const record: unknown = JSON.parse(line);
    if (typeof record !== 'object' || record === null || !('level' in record)) return plainLevel;
    const { level } = record;
    if (typeof level === 'number') return level;
    return typeof level === 'string' ? (levelNumbers.get(level.toLowerCase()) ?? plainLevel) : plainLevel;
  } catch {
    return plainLevel;
  }
}
