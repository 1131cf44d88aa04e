import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { CatalogFacade } from './catalog/index.js';
import { DEMO_CATALOGUE } from './demo-catalogue.js';
import { StockLedgerFacade } from './inventory/index.js';
import { systemActor } from './kernel/actor.js';
import { readDatabaseUrl } from './platform/config/index.js';
import { type Database, isDatabaseUnavailable, openDatabase } from './platform/database/index.js';

/**
 * Fills a new shop with the demo catalogue, in one transaction. What was there before stays as it is, also where it was
 * renamed, repriced, sold or archived: a product is known by its sku.
 */
async function seed(database: Database): Promise<number> {
  const catalog = CatalogFacade.standalone();
  const ledger = StockLedgerFacade.standalone();
  const actor = systemActor('seed', randomUUID());
  return database.transaction(async (tx) => {
    const added = await catalog.addMissing(
      tx,
      DEMO_CATALOGUE.map((product) => product.draft),
    );
    for (const { draft, onHand } of DEMO_CATALOGUE) {
      const id = added.get(draft.sku);
      if (id !== undefined) await ledger.count(tx, actor, id, { onHand });
    }
    return added.size;
  });
}

/** Why it failed and what to do, without the address, which may hold a password. */
function reasonOf(error: unknown): string {
  if (isDatabaseUnavailable(error)) return 'the database cannot be reached. Is it running where DATABASE_URL says?';
  const message = error instanceof Error ? error.message : String(error);
  return /relation ".*" does not exist/.test(message) ? `${message}. Run npm run migrate first.` : message;
}

try {
  const { database, close } = await openDatabase(readDatabaseUrl());
  try {
    const added = await seed(database);
    process.stdout.write(added === 0 ? 'Nothing to do: the demo catalogue is there.\n' : `added ${added} products\n`);
  } finally {
    await close();
  }
} catch (error) {
  process.stderr.write(`Seeding failed: ${reasonOf(error)}\n`);
  process.exitCode = 1;
}
