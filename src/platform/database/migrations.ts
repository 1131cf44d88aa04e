import { readdir } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { Database } from './database.js';
import { migrationsDirectory } from './data-source-options.js';

export const MIGRATIONS_TABLE = 'schema_migrations';
const MIGRATION_FILE = /^(\d{13})-[a-z0-9-]+\.(?:ts|js)$/;

/** Says whether the database has every migration that this version of the code was written for. */
@Injectable()
export class Migrations {
  constructor(private readonly database: Database) {}

  /** The timestamps of migrations that lie beside the code but were not applied, oldest first. */
  async findPending(): Promise<string[]> {
    const [files, applied] = await Promise.all([readdir(migrationsDirectory), this.findApplied()]);
    const shipped = files.map((file) => MIGRATION_FILE.exec(file)?.[1]).filter((stamp) => stamp !== undefined);
    return shipped.filter((stamp) => !applied.has(stamp)).sort();
  }

  private async findApplied(): Promise<Set<string>> {
    const [table] = await this.database.read<{ present: boolean }>(`SELECT to_regclass($1) IS NOT NULL AS present`, [
      MIGRATIONS_TABLE,
    ]);
    if (!table?.present) return new Set();
    const rows = await this.database.read<{ timestamp: number }>(`SELECT "timestamp" FROM ${MIGRATIONS_TABLE}`);
    return new Set(rows.map((row) => String(row.timestamp)));
  }
}
