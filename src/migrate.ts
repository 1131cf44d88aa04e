import 'reflect-metadata';
import { readDatabaseUrl } from './platform/config/index.js';
import { runMigrations } from './platform/database/index.js';

const USAGE = `Usage: npm run migrate [-- up | down]
  up    applies every migration that is missing (the default)
  down  takes back the newest one
DATABASE_URL names the database.
`;

const direction = process.argv[2] ?? 'up';
if (direction === 'up' || direction === 'down') {
  try {
    const done = await runMigrations(readDatabaseUrl(), direction);
    process.stdout.write(done.length === 0 ? 'Nothing to do: the schema is current.\n' : `${done.join('\n')}\n`);
  } catch (error) {
    process.stderr.write(`Migration failed: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
} else {
  process.stderr.write(USAGE);
  process.exitCode = 64;
}
