import type { CampaignReport, Violation } from './campaign.js';

/** Evidence beyond this is counted, not kept: a broken rule breaks a thousand times. */
const KEPT_VIOLATIONS = 50;
const TOLD_AT_ONCE = 5;

/** Counts what happens during a campaign and keeps what must not. */
export class Tally {
  private readonly numbers = new Map<string, number>();
  private readonly broken: Violation[] = [];
  private readonly sentences: string[] = [];

  /** The first violations are told at once, so that they are known even where the campaign is cut off. */
  constructor(private readonly say: (line: string) => void) {}

  count(name: string, by = 1): void {
    this.numbers.set(name, this.of(name) + by);
  }

  of(name: string): number {
    return this.numbers.get(name) ?? 0;
  }

  set(name: string, value: number): void {
    this.numbers.set(name, value);
  }

  /** Says that a rule was looked at. Without evidence it holds. */
  check(rule: string, evidence: readonly unknown[]): void {
    this.sentences.push(rule);
    for (const each of evidence) this.violate(rule, each);
  }

  violate(rule: string, evidence: unknown): void {
    this.count('violations');
    if (this.of('violations') <= TOLD_AT_ONCE) this.say(`BROKEN  ${rule}: ${JSON.stringify(evidence)}`);
    if (this.broken.length < KEPT_VIOLATIONS) this.broken.push({ rule, evidence });
  }

  /** Counts as `name 12, name 3`, for a line of progress. */
  get line(): string {
    return [...this.numbers].map(([name, number]) => `${name} ${number}`).join(', ');
  }

  report(): CampaignReport {
    const { violations: _counted, ...counts } = Object.fromEntries(this.numbers);
    return { counts, checked: this.sentences, violations: this.broken };
  }
}
