import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../tools/process/run-script.js';
import type { Finding } from '../scenarios/scenario.js';

export interface Results {
  readonly quick: boolean;
  readonly startedAt: Date;
  readonly services: string;
  readonly findings: Readonly<Record<string, Finding>>;
}

/** Writes everything that was found to a file of its own, with what it was found on. Answers the file's name. */
export function writeResults({ quick, startedAt, services, findings }: Results): string {
  const folder = join(projectRoot, 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGib: Math.round(totalmem() / 1_024 ** 3),
    node: process.version,
  };
  const file = join(folder, `${startedAt.toISOString().replaceAll(/[:.]/g, '-')}.json`);
  writeFileSync(file, `${JSON.stringify({ startedAt, quick, machine, services, findings }, null, 2)}\n`);
  return file;
}
