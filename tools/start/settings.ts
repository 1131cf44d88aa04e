import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadEnvFile } from 'node:process';
import { z } from 'zod';
import { configShape } from '../../src/platform/config/config.schema.js';
import { projectRoot } from '../process/run-script.js';

/** What `npm start` itself needs to know; the rest of the environment is the application's business. */
export interface Settings {
  /** 0 takes a free port. */
  readonly port: number;
  readonly host: string;
  readonly httpPrefix: string;
  /** Absolute. */
  readonly dataDir: string;
}

const { PORT, HOST, HTTP_PREFIX, DATA_DIR } = configShape;
const settingsSchema = z.object({ PORT, HOST, HTTP_PREFIX, DATA_DIR });

/** Adds the variables of `.env` to the environment; those that are set already win. */
export function readEnvFile(): void {
  const file = join(projectRoot, '.env');
  if (existsSync(file)) loadEnvFile(file);
}

/** The environment without empty variables: as in the application, empty means absent. */
export function presentEnvironment(): Record<string, string> {
  const present: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) if (value) present[name] = value;
  return present;
}

/** @throws Error that lists every faulty variable. */
export function readSettings(): Settings {
  const result = settingsSchema.safeParse(presentEnvironment());
  if (!result.success) {
    const faults = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The environment has faults:\n  ${faults.join('\n  ')}`);
  }
  const { data } = result;
  return {
    port: data.PORT,
    host: data.HOST,
    httpPrefix: data.HTTP_PREFIX,
    dataDir: resolve(projectRoot, data.DATA_DIR),
  };
}

/** An address that a client on this machine can use: 0.0.0.0 and :: stand for every interface. */
export function originOf(host: string, port: number): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
