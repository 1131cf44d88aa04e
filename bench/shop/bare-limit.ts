import { join } from 'node:path';
import { scriptArguments } from '../../tools/process/run-script.js';
import { freePort } from '../../tools/services/ports.js';
import { LIMIT_FUNCTIONS } from '../limit/server.js';
import { createMigratedDatabase } from './migrated-database.js';
import { startServer } from './server-process.js';
import type { BenchServices } from './services.js';
import type { Secrets, Variant } from './variant.js';

/** The hand-written server without a framework, on the same schema. */
export async function startBareLimit(
  services: BenchServices,
  secrets: Secrets,
  folder: string,
  database: string,
): Promise<Variant> {
  await createMigratedDatabase(services, database);
  await services.execute(database, LIMIT_FUNCTIONS);
  const port = await freePort();
  const server = await startServer({
    name: 'bare limit',
    args: scriptArguments('bench/limit/main.ts'),
    env: {
      NODE_ENV: 'production',
      PORT: String(port),
      DATABASE_URL: services.databaseUrl(database),
      JWT_SECRET: secrets.jwtSecret,
      SVC_INTERNAL_KEY: secrets.internalKey,
    },
    logFile: join(folder, 'limit.log'),
    isReady: (log) => log.includes('listening'),
  });
  return { name: 'limit', database, ports: [port], processes: { api: [server.pid] }, stop: () => server.stop() };
}
