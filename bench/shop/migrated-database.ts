import { runMigrations } from '../../src/platform/database/run-migrations.js';
import type { BenchServices } from './services.js';

/** Makes an empty database with the schema of the service. */
export async function createMigratedDatabase(services: BenchServices, database: string): Promise<void> {
  await services.execute('bench', `CREATE DATABASE ${database}`);
  await runMigrations(services.databaseUrl(database), 'up');
}
