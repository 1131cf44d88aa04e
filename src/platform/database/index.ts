// PostgreSQL: transactions, plain SQL inside them, and what its errors mean.
// Knows no table of any feature, and never opens a transaction by itself.
export { Conditions } from './conditions.js';
export { Database } from './database.js';
export { DatabaseModule } from './database.module.js';
export { dataSourceOptions, migrationsDirectory, type ProcessKind } from './data-source-options.js';
export { MIGRATIONS_TABLE, Migrations } from './migrations.js';
export { openDatabase, type OpenDatabase } from './open-database.js';
export { isDatabaseUnavailable, isDivisionByZero, StaleRead, violatesUnique } from './pg-error.js';
export { countUpTo, readListing } from './read-listing.js';
export { runMigrations } from './run-migrations.js';
export { sql } from './sql.js';
export { type Fragment, textArray } from './composed-text.js';
export { answeredLater, inOnePacket, later, type Write } from './later.js';
export { type Answers, type Question, together } from './together.js';
export type { Tx } from './tx.js';
