import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

const PAUSE_MS = 50;

/** Seconds until a question to the database has no row for an answer; Infinity where it has one after `limitSeconds`. */
export async function secondsUntilNone(databaseUrl: string, question: string, limitSeconds: number): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const begun = performance.now();
  const passed = (): number => (performance.now() - begun) / 1_000;
  try {
    while ((await client.query(question)).rows.length > 0) {
      if (passed() > limitSeconds) return Infinity;
      await delay(PAUSE_MS);
    }
    return passed();
  } finally {
    await client.end();
  }
}
