import pg from 'pg';
import { requireTestDatabase } from './guards.js';

export const TEMPLATE = 'holdfast_test_template';

/** The same server, another database. */
export function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(name)}`;
  return changed.href;
}

/** Runs statements one after the other on a connection of their own and answers the rows of the last one. */
export async function runStatements(url: string, ...statements: string[]): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

/**
 * Makes `name` a fresh copy of the migrated template, in about 50 ms.
 *
 * @param adminUrl a database on the same server that the account may connect to
 * @returns the URL of the copy
 */
export async function copyTemplate(adminUrl: string, name: string): Promise<string> {
  const url = withDatabase(adminUrl, name);
  requireTestDatabase(url);
  await dropDatabase(adminUrl, name);
  await runStatements(adminUrl, `CREATE DATABASE "${name}" TEMPLATE "${TEMPLATE}"`);
  return url;
}

/** Drops a test database whether or not somebody is still connected. */
export async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  requireTestDatabase(withDatabase(adminUrl, name));
  await runStatements(adminUrl, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
}
