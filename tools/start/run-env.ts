import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const shared = [
  'DATABASE_URL',
  'REDIS_URL',
  'JWT_SECRET',
  'SVC_INTERNAL_KEY',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRET',
  'STRIPE_API_BASE',
];

export function runEnvFile(dataDir: string): string {
  return join(dataDir, 'run.env');
}

/** Writes the variables with which other commands (the audit, psql) reach the running system, for its owner alone. */
export function writeRunEnv(dataDir: string, env: Readonly<Record<string, string>>): void {
  const lines = shared.flatMap((name) => (env[name] === undefined ? [] : `${name}='${env[name]}'`));
  writeFileSync(runEnvFile(dataDir), `${lines.join('\n')}\n`, { mode: 0o600 });
}

/** The ports in it are gone when the system has stopped. */
export function removeRunEnv(dataDir: string): void {
  rmSync(runEnvFile(dataDir), { force: true });
}
