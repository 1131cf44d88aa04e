import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { startPostgres, startRedis, type Service } from '../services.js';
import type { DevSecrets } from './dev-secrets.js';
import { logFile } from './log-stream.js';
import { postgresFolder } from './postgres-folder.js';

/** PostgreSQL for `npm start`: durable, with a password, its data kept below or for `dataDir`. */
export async function startOwnPostgres(dataDir: string, secrets: DevSecrets): Promise<Service> {
  const dir = process.env.DATABASE_URL ? undefined : postgresFolder(dataDir, secrets.folderId);
  if (dir !== undefined) prepareParent(dir);
  return startPostgres({
    ...(dir === undefined ? {} : { dir }),
    database: 'holdfast',
    durable: true,
    password: secrets.postgresPassword,
    logFile: logFile(dataDir, 'postgres'),
    // The folder is claimed by this start, so a server that still runs there is a killed one's.
    whenRunning: 'stop',
  });
}

// Half-made clusters are what is left when a start and its watchdog were killed together. Nobody else makes one here:
// the folder is claimed.
function prepareParent(dir: string): void {
  mkdirSync(dirname(dir), { recursive: true });
  for (const name of readdirSync(dirname(dir))) {
    if (name.startsWith(`${basename(dir)}.draft-`)) rmSync(join(dirname(dir), name), { recursive: true, force: true });
  }
}

/** Redis for `npm start`, with an append-only file where the server can keep one. */
export function startOwnRedis(dataDir: string): Promise<Service> {
  return startRedis({ dir: join(dataDir, 'redis'), logFile: logFile(dataDir, 'redis') });
}

/** One line about a service, without its password. */
export function describeService(name: string, service: Service): string {
  const url = new URL(service.url);
  url.password = '';
  const where = `${name} ${service.kind} on ${url.host}`;
  if (service.kind === 'js-redis-server') {
    return `${where}, in memory only: fit for a first look, not for production (install redis-server to keep queues)`;
  }
  return service.dir === undefined ? where : `${where}, data in ${service.dir}`;
}
