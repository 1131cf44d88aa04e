import type { IdempotencyRow, Rows, SandboxEvent, TableName, Tables } from './domain/records.js';
import { emptyRows, TABLE_NAMES } from './domain/records.js';
import { Journal, type JournalEntry } from './journal.js';
import { Transaction, type Cause } from './transaction.js';

export interface AccountOptions {
  /** Journal file; without it everything lives in memory. */
  readonly dataFile: string | null;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** URLs that will be sent the events of a transaction. */
  readonly webhookUrls: () => readonly string[];
}

/** One Stripe account: every object, event and idempotency key, and the only way to change them. */
export class Account {
  private readonly rows: Rows = emptyRows();
  private readonly journal: Journal | null;
  private readonly listeners: ((written: Rows) => void)[] = [];

  constructor(private readonly options: AccountOptions) {
    this.journal = options.dataFile === null ? null : Journal.open(options.dataFile, (entry) => this.replay(entry));
  }

  get now(): number {
    return this.options.now();
  }

  /** Runs `work`, journals what it wrote, makes it visible, then tells the listeners. Nothing is kept if it throws. */
  transact<T>(cause: Cause, work: (tx: Transaction) => T): T {
    const written = emptyRows();
    const tx = new Transaction({
      committed: this.rows,
      written,
      cause,
      nowMs: this.now,
      webhookUrls: this.options.webhookUrls(),
    });
    const result = work(tx);
    if (TABLE_NAMES.some((table) => written[table].size > 0)) this.commit(written);
    return result;
  }

  find<K extends TableName>(table: K, id: string): Tables[K] | undefined {
    return this.rows[table].get(id);
  }

  /** All rows of a table, oldest first. */
  all<K extends TableName>(table: K): Tables[K][] {
    return [...this.rows[table].values()];
  }

  entries<K extends TableName>(table: K): [string, Tables[K]][] {
    return [...this.rows[table]];
  }

  /** How many webhook endpoints have not yet acknowledged the event. */
  pendingWebhooks(eventId: string): number {
    const urls = this.rows.event.get(eventId)?.urls ?? [];
    return urls.filter((url) => this.rows.delivery.get(`${eventId} ${url}`)?.state !== 'delivered').length;
  }

  /** The event as it reads now; only its count of pending webhooks changes. */
  presentEvent(id: string): SandboxEvent | undefined {
    const event = this.rows.event.get(id)?.event;
    return event === undefined ? undefined : { ...event, pending_webhooks: this.pendingWebhooks(id) };
  }

  findKey(key: string, ttlMs: number): IdempotencyRow | undefined {
    const row = this.rows.idempotency.get(key);
    return row !== undefined && row.atMs + ttlMs > this.now ? row : undefined;
  }

  subscribe(listener: (written: Rows) => void): void {
    this.listeners.push(listener);
  }

  /** Forgets everything, in the journal as well. */
  reset(): void {
    for (const table of TABLE_NAMES) this.rows[table].clear();
    this.journal?.clear();
  }

  close(): void {
    this.journal?.close();
  }

  private commit(written: Rows): void {
    this.journal?.append(written);
    for (const table of TABLE_NAMES) copyRows(table, written[table], this.rows);
    for (const listener of this.listeners) listener(written);
  }

  private replay(entry: JournalEntry): void {
    for (const table of TABLE_NAMES) copyRows(table, entry[table] ?? [], this.rows);
  }
}

function copyRows<K extends TableName>(table: K, from: Iterable<[string, Tables[K]]>, into: Rows): void {
  const target: Map<string, Tables[K]> = into[table];
  for (const [id, row] of from) target.set(id, row);
}
