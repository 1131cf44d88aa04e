interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Does the same for many at once. What is alone is done at once, and what is given at the same moment together; what comes while
 * something is being done waits, and is done together afterwards. So the busier it is, the less each of them costs, and nobody
 * waits for company.
 */
export class Gathering<Item, Result> {
  private readonly waiting: Waiting<Item, Result>[] = [];
  private busy = false;

  constructor(
    /** Answers a result for each, in their order. */
    private readonly work: (items: readonly Item[]) => Promise<readonly Result[]>,
    private readonly most: number,
    /** Whether a failure would meet each of them alone as well: then none is tried by itself. */
    private readonly meetsAll: (error: unknown) => boolean = () => false,
  ) {}

  /** Where the work on several fails, each is tried by itself: only what fails alone is rejected. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (!this.busy) void this.workOff();
    });
  }

  private async workOff(): Promise<void> {
    this.busy = true;
    // Whoever gives several gives one after the other.
    await Promise.resolve();
    while (this.waiting.length > 0) await this.settle(this.waiting.splice(0, this.most));
    this.busy = false;
  }

  private async settle(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.work(batch.map(({ item }) => item));
      if (results.length !== batch.length) throw new Error(`${batch.length} were given, ${results.length} answered`);
      results.forEach((result, place) => batch[place]?.resolve(result));
    } catch (error) {
      if (batch.length === 1 || this.meetsAll(error)) for (const { reject } of batch) reject(error);
      else for (const each of batch) await this.settle([each]);
    }
  }
}
