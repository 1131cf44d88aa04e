import 'reflect-metadata';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { DataSource, getMetadataArgsStorage } from 'typeorm';
import { dataSourceOptions, MIGRATIONS_TABLE } from '../../src/platform/database/index.js';
import { workerDatabaseUrl } from '../support/database.js';

const src = path.resolve(import.meta.dirname, '../../src');
const entityFiles = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.entity.ts'),
);

const CHECKS = `SELECT conrelid::regclass::text AS "table", conname AS name, pg_get_constraintdef(oid) AS text
  FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace ORDER BY 1, 2`;
const INDEXES = `SELECT tablename AS "table", indexname AS name, indexdef AS text
  FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2`;

// A-24
describe('the entities and the migrated schema', () => {
  let source: DataSource;

  beforeAll(async () => {
    for (const file of entityFiles) await import(path.join(src, file));
    const entities = getMetadataArgsStorage().tables.map(({ target }) => target);
    source = await new DataSource({ ...dataSourceOptions(workerDatabaseUrl(), 'migration', 2), entities }).initialize();
  });
  afterAll(() => source.destroy());

  it('differ in nothing that TypeORM could migrate', async () => {
    const { upQueries } = await source.driver.createSchemaBuilder().log();

    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('know the same tables', async () => {
    const rows: { name: string }[] = await source.query(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> $1 ORDER BY 1",
      [MIGRATIONS_TABLE],
    );

    expect(source.entityMetadatas.map(({ tableName }) => tableName).sort()).toEqual(rows.map(({ name }) => name));
  });

  // TypeORM compares checks and partial indexes by their names alone, so that the words need a look of their own.
  it('carry the same checks as PostgreSQL reads them', async () => {
    const checks = source.entityMetadatas.flatMap(({ tableName, checks }) =>
      checks.map(({ name = '', expression }) => ({ tableName, name, expression })),
    );

    const declared = await readBack(async (query) => {
      for (const { tableName, name, expression } of checks) {
        await query(`ALTER TABLE "${tableName}" DROP CONSTRAINT "${name}"`);
        await query(`ALTER TABLE "${tableName}" ADD CONSTRAINT "${name}" CHECK (${expression})`);
      }
      return query(CHECKS);
    });

    expect(declared.length).toBeGreaterThan(20);
    expect(declared).toEqual(await source.query(CHECKS));
  });

  it('carry the same indexes as PostgreSQL reads them', async () => {
    const indexes = source.entityMetadatas.flatMap(({ tableName, indices }) =>
      indices.map(({ name, columns, where, isUnique }) => ({ tableName, name, columns, where, isUnique })),
    );

    const declared = await readBack(async (query) => {
      for (const { tableName, name, columns, where, isUnique } of indexes) {
        const names = columns.map(({ databaseName }) => `"${databaseName}"`).join(', ');
        await query(`DROP INDEX "${name}"`);
        await query(
          `CREATE ${isUnique ? 'UNIQUE' : ''} INDEX "${name}" ON "${tableName}" (${names}) ${where ? `WHERE ${where}` : ''}`,
        );
      }
      return query(INDEXES);
    });

    expect(declared.length).toBeGreaterThan(20);
    expect(declared).toEqual(await source.query(INDEXES));
  });

  /** Runs statements that change the schema, and takes them all back. */
  async function readBack(work: (query: (text: string) => Promise<object[]>) => Promise<object[]>): Promise<object[]> {
    const runner = source.createQueryRunner();
    await runner.startTransaction();
    try {
      return await work((text) => runner.query(text));
    } finally {
      await runner.rollbackTransaction();
      await runner.release();
    }
  }
});
