/** How much a campaign does. Which of these a campaign reads, and what it takes where nothing is said, is in its `defaults`. */
export interface CampaignOptions {
  readonly orders: number;
  readonly kills: number;
  readonly rounds: number;
  /** How many requests may be under way at once. */
  readonly concurrency: number;
  /** The same seed makes the same choices again; what the machine does with them differs from run to run. */
  readonly seed: number;
}

export interface CampaignContext {
  /** A migrated test database of the campaign's own. */
  readonly databaseUrl: string;
  /** Redis with a database number that may be flushed. */
  readonly redisUrl: string;
  /** Told about once a second how far it is. */
  readonly say: (line: string) => void;
}

/** A promise that was broken, with the rows, answers or charges that show it. */
export interface Violation {
  readonly rule: string;
  readonly evidence: unknown;
}

export interface CampaignReport {
  readonly counts: Readonly<Record<string, number>>;
  /** What was compared at the end, in sentences. */
  readonly checked: readonly string[];
  readonly violations: readonly Violation[];
}

export interface Campaign {
  readonly summary: string;
  readonly defaults: Readonly<Partial<Omit<CampaignOptions, 'seed'>>>;
  /** Whether its PostgreSQL has to write every commit to the disk, as it does in production. */
  readonly durable: boolean;
  run(this: void, context: CampaignContext, options: CampaignOptions): Promise<CampaignReport>;
}
