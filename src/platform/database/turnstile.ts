const MOST_WAITING = 1_000;

/** Nobody could be let in: the line is too long, or it did not move on. Nothing was begun. */
export class TurnedAway extends Error {}

/** Lets a limited number of callers in at once. The others wait in line, and none of them longer than `limitMs`. */
export class Turnstile {
  private readonly line: (() => void)[] = [];

  constructor(
    private free: number,
    private readonly limitMs: number,
  ) {}

  /** Runs the work inside. Throws TurnedAway, before the work has begun. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    await this.enter();
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  private async enter(): Promise<void> {
    if (this.free > 0) {
      this.free -= 1;
      return;
    }
    if (this.line.length === MOST_WAITING) throw new TurnedAway(`${MOST_WAITING} callers wait already`);
    await new Promise<void>((resolve, reject) => {
      const admit = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.line.splice(this.line.indexOf(admit), 1);
        reject(new TurnedAway(`nobody left within ${this.limitMs} ms`));
      }, this.limitMs);
      this.line.push(admit);
    });
  }

  /** A place goes straight to the next in line, so that nobody who comes later can slip in before him. */
  private leave(): void {
    const next = this.line.shift();
    if (next) next();
    else this.free += 1;
  }
}
