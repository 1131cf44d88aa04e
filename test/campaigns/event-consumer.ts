import { EventSource, type SentEvent } from '../support/event-source.js';
import type { Caller } from './caller.js';

/** Everything that one consumer was told, in the order in which he was told it. */
export class Receipts {
  private readonly first = new Map<string, SentEvent>();
  private readonly contradictions: unknown[] = [];
  private repeats = 0;

  constructor(
    readonly consumer: string,
    /** Whether events of this type are promised to him in the order of their versions. */
    private readonly isOrdered: (type: string) => boolean = () => true,
  ) {}

  take(event: SentEvent): void {
    const known = this.first.get(event.id);
    if (!known) {
      this.first.set(event.id, event);
      return;
    }
    this.repeats += 1;
    if (JSON.stringify(known) !== JSON.stringify(event)) this.contradictions.push({ known, event });
  }

  get events(): readonly SentEvent[] {
    return [...this.first.values()];
  }

  get duplicates(): number {
    return this.repeats;
  }

  /** Repetitions that differ from what was told first. */
  get changed(): readonly unknown[] {
    return this.contradictions;
  }

  has(id: string): boolean {
    return this.first.has(id);
  }

  /** Subjects whose events were not received one after the other from the first one on. */
  get outOfOrder(): readonly unknown[] {
    const told = new Map<string, number[]>();
    for (const { type, subject, sequence } of this.first.values()) {
      if (!this.isOrdered(type)) continue;
      told.set(subject, [...(told.get(subject) ?? []), Number(sequence)]);
    }
    return [...told].filter(([, sequence]) => sequence.some((version, place) => version !== place + 1));
  }
}

/**
 * Of so many pages a consumer forgets one that it has read, as if it had crashed before it saved where it was. There are two at
 * least: one of the first order alone, and whatever comes after.
 */
const FORGETS_EVERY = 2;

/** Reads the feed page by page. As careless as consumers are: it saves its cursor late and then sees some events twice. */
export class FeedReader {
  readonly receipts = new Receipts('the reader of the feed');
  private cursor = '';
  private pages = 0;

  constructor(private readonly admin: Caller) {}

  /** Reads up to the present end. */
  async readOn(): Promise<void> {
    for (let more = true; more;) {
      const after = this.cursor === '' ? '' : `&after=${this.cursor}`;
      const { text } = await this.admin.ask({ method: 'GET', path: `/v1/admin/events?limit=100${after}` });
      const page: { readonly events: readonly SentEvent[]; readonly has_more: boolean } = JSON.parse(text);
      for (const event of page.events) this.receipts.take(event);
      if (page.events.length > 0) this.pages += 1;
      const crashed = page.events.length > 0 && this.pages % FORGETS_EVERY === 0;
      if (!crashed) this.cursor = page.events.at(-1)?.id ?? this.cursor;
      more = page.has_more || crashed;
    }
  }
}

/** Listens to the stream, and hangs up now and then to come back with the last id. */
export class StreamListener {
  readonly receipts = new Receipts('the listener to the stream');
  private source: EventSource | undefined;
  private taken = 0;
  private lastId: string;

  constructor(
    private readonly url: string,
    private readonly headers: Readonly<Record<string, string>>,
    firstId: string,
  ) {
    this.lastId = firstId;
  }

  /** Takes what has come since the last call, and listens on. */
  async listen(): Promise<void> {
    this.collect();
    if (this.source && !this.source.isOver) return;
    this.source = await EventSource.open(this.url, { ...this.headers, 'last-event-id': this.lastId });
    this.taken = 0;
    if (this.source.status !== 200) throw new Error(`the stream was answered with ${this.source.status}`);
  }

  hangUp(): void {
    this.collect();
    this.source?.close();
    this.source = undefined;
  }

  private collect(): void {
    for (const { id, data } of this.source?.events.slice(this.taken) ?? []) {
      this.receipts.take(data);
      this.lastId = id;
      this.taken += 1;
    }
  }
}
