import pg from 'pg';
import { INVARIANTS, PUNCTUALITY } from '../../src/invariants.js';
import type { BenchServices } from './services.js';
import type { Variant } from './variant.js';

const SHOWN_ROWS = 5;

/** The rules that the databases of these variants break, with some of the rows that break them. */
export async function auditAll(services: BenchServices, variants: readonly Variant[]): Promise<string[]> {
  const broken: string[] = [];
  for (const { name, database, processes } of variants) {
    // What a worker brings about within seconds can be asked of those alone that have one.
    const rules = processes.worker === undefined ? INVARIANTS : { ...INVARIANTS, ...PUNCTUALITY };
    for (const rule of await audit(services.databaseUrl(database), rules)) broken.push(`${name}: ${rule}`);
  }
  return broken;
}

/** What `npm run audit` checks. */
async function audit(databaseUrl: string, rules: Readonly<Record<string, string>>): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const broken: string[] = [];
    for (const [rule, text] of Object.entries(rules)) {
      const { rows } = await client.query<object>(text);
      if (rows.length > 0) broken.push(`${rule}: ${rows.length} rows, ${JSON.stringify(rows.slice(0, SHOWN_ROWS))}`);
    }
    return broken;
  } finally {
    await client.end();
  }
}
