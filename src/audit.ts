import 'reflect-metadata';
import { INVARIANTS, PUNCTUALITY } from './invariants.js';
import { readDatabaseUrl } from './platform/config/index.js';
import { type Database, openDatabase } from './platform/database/index.js';

const SHOWN_ROWS = 10;
const USAGE = `Usage: npm run audit
Checks on the live database of DATABASE_URL that stock, money, orders and their records agree. Reads only.
Exit code 0: everything holds. 1: something does not, and the rows are printed. 2: the check itself failed.
`;

/** Checks every invariant in one snapshot that can write nothing. Answers how many are broken. */
async function audit(database: Database): Promise<number> {
  return database.snapshot(async (read) => {
    let broken = 0;
    for (const [sentence, text] of Object.entries({ ...INVARIANTS, ...PUNCTUALITY })) {
      const rows = await read(text);
      process.stdout.write(`${rows.length === 0 ? 'ok    ' : 'BROKEN'}  ${sentence}\n`);
      for (const row of rows.slice(0, SHOWN_ROWS)) process.stdout.write(`          ${JSON.stringify(row)}\n`);
      if (rows.length > SHOWN_ROWS) process.stdout.write(`          … ${rows.length - SHOWN_ROWS} more\n`);
      broken += rows.length === 0 ? 0 : 1;
    }
    process.stdout.write(broken === 0 ? 'Everything holds.\n' : `${broken} of the rules above are broken.\n`);
    return broken;
  });
}

if (process.argv.length > 2) {
  process.stdout.write(USAGE);
} else {
  try {
    const { database, close } = await openDatabase(readDatabaseUrl());
    try {
      process.exitCode = (await audit(database)) === 0 ? 0 : 1;
    } finally {
      await close();
    }
  } catch (error) {
    process.stderr.write(`The audit failed: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
}
