import { eventually } from './poll.js';

/** An event as it was sent. */
export interface SentEvent {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly sequence: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A message of the stream: the id to come back with, and the event. */
export interface StreamedEvent {
  readonly id: string;
  readonly data: SentEvent;
}

/** A listener to server-sent events, written from their specification and not from the code under test. */
export class EventSource {
  readonly events: StreamedEvent[] = [];
  /** Lines that are no part of an event, such as `retry: 2000` and comments. */
  readonly others: string[] = [];
  private over = false;

  private constructor(
    readonly status: number,
    readonly headers: Headers,
    private readonly hangUp: AbortController,
  ) {}

  /** Resolves with the head of the answer. */
  static async open(url: string, headers: Readonly<Record<string, string>>): Promise<EventSource> {
    const hangUp = new AbortController();
    const answer = await fetch(url, { headers, signal: hangUp.signal });
    const source = new EventSource(answer.status, answer.headers, hangUp);
    void source.read(answer);
    return source;
  }

  /** Whether the other side has ended the stream, or we have. */
  get isOver(): boolean {
    return this.over;
  }

  /** Waits until so many events have come. */
  async has(count: number): Promise<readonly StreamedEvent[]> {
    await eventually(() => {
      if (this.events.length < count) throw new Error(`${this.events.length} of ${count} events have come`);
    });
    return this.events;
  }

  close(): void {
    this.hangUp.abort();
  }

  private async read({ body }: Response): Promise<void> {
    let text = '';
    try {
      for await (const chunk of body ?? []) {
        text += Buffer.from(chunk).toString('utf8');
        const messages = text.split('\n\n');
        text = messages.pop() ?? '';
        for (const message of messages) this.take(message);
      }
    } catch {
      // Hung up, by us or by a server that was killed.
    } finally {
      this.over = true;
    }
  }

  private take(message: string): void {
    const lines = message.split('\n');
    const valueOf = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    const [id, data] = [valueOf('id'), valueOf('data')];
    if (id === undefined || data === undefined) this.others.push(...lines);
    else this.events.push({ id, data: JSON.parse(data) });
  }
}
