import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { TABLE_NAMES, type Rows, type TableName, type Tables } from './domain/records.js';

/** One committed transaction: the rows it wrote, by table. */
export type JournalEntry = { readonly [K in TableName]?: [string, Tables[K]][] };

/**
 * An append-only file of committed transactions, one JSON object a line. `append` returns only after the operating system
 * has the line, so that a killed process loses no answered request. (A power cut may: there is no fsync here.)
 */
export class Journal {
  private constructor(private readonly descriptor: number) {}

  /** Opens or creates `file` and hands every whole line of it to `apply`. A torn last line is cut off. */
  static open(file: string, apply: (entry: JournalEntry) => void): Journal {
    mkdirSync(dirname(file), { recursive: true });
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const end = text.lastIndexOf('\n') + 1;
    text
      .slice(0, end)
      .split('\n')
      .forEach((line, index) => {
        if (line !== '') apply(parseLine(line, `${file}:${index + 1}`));
      });
    const journal = new Journal(openSync(file, 'a'));
    // Whatever follows the last newline was being written when the process died: it was never answered.
    if (end < text.length) ftruncateSync(journal.descriptor, Buffer.byteLength(text.slice(0, end)));
    return journal;
  }

  append(rows: Rows): void {
    const tables = TABLE_NAMES.filter((table) => rows[table].size > 0).map((table) => [table, [...rows[table]]]);
    const line = Buffer.from(`${JSON.stringify(Object.fromEntries(tables))}\n`);
    let written = 0;
    while (written < line.length) written += writeSync(this.descriptor, line, written);
  }

  clear(): void {
    ftruncateSync(this.descriptor, 0);
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

function parseLine(line: string, place: string): JournalEntry {
  const value: unknown = JSON.parse(line);
  if (!isEntry(value)) throw new Error(`${place} is not a line of a sandbox journal.`);
  return value;
}

// Rows were written by this program; the check is against a wrong file, not against a forged one.
function isEntry(value: unknown): value is JournalEntry {
  if (typeof value !== 'object' || value === null) return false;
  const names: readonly string[] = TABLE_NAMES;
  return Object.entries(value).every(([table, rows]) => names.includes(table) && Array.isArray(rows));
}
