import { DataSource } from 'typeorm';
import { Database } from './database.js';
import { dataSourceOptions } from './data-source-options.js';

export interface OpenDatabase {
  readonly database: Database;
  readonly close: () => Promise<void>;
}

/** A database for a program that runs once and has no Nest application around it. Close it at the end. */
export async function openDatabase(databaseUrl: string): Promise<OpenDatabase> {
  const source = await new DataSource(dataSourceOptions(databaseUrl, 'worker', 2)).initialize();
  return { database: new Database(source), close: () => source.destroy() };
}
