import { INVARIANTS } from '../../src/invariants.js';
import type { DatabaseRows } from '../campaigns/database-rows.js';
import { ledgerRules } from '../campaigns/final-checks.js';
import type { LedgerCharge } from '../campaigns/sandbox-account.js';

/** Work that has to be over once all news have arrived. A bank may take its time, and a buyer too. */
const OVER: Readonly<Record<string, string>> = {
  'no refund is under way': `SELECT id, order_id, status FROM refunds WHERE status IN ('requested', 'submitted', 'pending')`,
  'no event of the provider waits or was given up': `
    SELECT id, type, status, last_error FROM webhook_events WHERE status IN ('received', 'deferred', 'parked')`,
};

/** Promises of the service that are broken, with the rows and charges that show it. */
export async function brokenPromises(
  rows: DatabaseRows,
  charges: readonly LedgerCharge[],
): Promise<{ rule: string; evidence: readonly unknown[] }[]> {
  const found: { rule: string; evidence: readonly unknown[] }[] = [];
  for (const [rule, text] of Object.entries({ ...OVER, ...INVARIANTS }))
    found.push({ rule, evidence: await rows.query(text) });
  return [...found, ...(await ledgerRules(rows, charges))].filter(({ evidence }) => evidence.length > 0);
}
