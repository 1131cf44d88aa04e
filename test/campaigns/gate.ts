/** Lets a bounded number of pieces of work run at once; the others wait in line. */
export class Gate {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.free = limit;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    }
  }
}

/** Does `work` for 0, 1, … `count - 1`, at most `limit` at once, and answers the results in that order. */
export function forEachAtOnce<T>(count: number, limit: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const gate = new Gate(limit);
  return Promise.all(Array.from({ length: count }, (_, index) => gate.run(() => work(index))));
}
