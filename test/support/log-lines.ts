import type { DestinationStream } from 'pino';

const MOST_LINES = 20_000;

/** Keeps what the application logs, for assertions, instead of printing it. */
export class LogLines implements DestinationStream {
  private readonly texts: string[] = [];

  write(text: string): void {
    if (this.texts.length === MOST_LINES) this.texts.shift();
    this.texts.push(text);
  }

  /** Everything as it would have been printed. */
  get text(): string {
    return this.texts.join('');
  }

  /** The lines as objects, oldest first. Throws where one is not a JSON object: each has to be. */
  all(): Record<string, unknown>[] {
    return this.texts.map((text): Record<string, unknown> => JSON.parse(text));
  }

  /** The lines with this `msg`. */
  named(message: string): Record<string, unknown>[] {
    return this.all().filter((line) => line['msg'] === message);
  }

  clear(): void {
    this.texts.length = 0;
  }
}
