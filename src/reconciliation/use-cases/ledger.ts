import type { Actor } from '../../kernel/actor.js';
import type { OrderId } from '../../kernel/id.js';
import type { Tx } from '../../platform/database/index.js';
import type { Period } from '../domain/days.js';
import type { ComparedObject, Entry } from '../domain/difference.js';
import type { ListedEntry } from '../gateway/provider-books.js';

/** What names one thing in both books: its id at the provider, and ours where the provider was told it. */
export interface Names {
  readonly providerId: string;
  readonly ownId: string | null;
}

/** What our books have under such a name. */
export interface Booked {
  readonly id: string;
  readonly orderId: OrderId | null;
  readonly entry: Entry;
}

/** How one thing stands at the provider, asked for by itself. */
export interface Told {
  readonly names: Names;
  readonly entry: Entry;
  /** Tells the room that it belongs to, as a webhook would. Answers whether anything changed. */
  readonly tell: (tx: Tx, actor: Actor) => Promise<boolean>;
}

/** One of the two pairs of books that are compared. What belongs outside of a transaction takes no `tx`. */
export interface Ledger {
  readonly object: ComparedObject;
  /** The provider's list for a time, page by page. */
  list(period: Period): AsyncIterable<readonly ListedEntry[]>;
  /** The present state of one thing at the provider; undefined where there is no such thing. */
  ask(providerId: string): Promise<Told | undefined>;
  /** What we have booked under these names, by their id at the provider. */
  find(tx: Tx, names: readonly Names[]): Promise<ReadonlyMap<string, Booked>>;
  /** What we have booked in this time and the provider did not list, by its id there. */
  findUnseen(
    tx: Tx,
    period: Period,
    seen: readonly string[],
    page: { readonly last: string; readonly limit: number },
  ): Promise<string[]>;
}
