import { type LoadReport, type Step, STEPS } from './job.js';

/** What a load process counts while it runs. */
export class Samples {
  private readonly times = new Map<Step | 'flow', number[]>([...STEPS, 'flow' as const].map((step) => [step, []]));
  private readonly refusals = new Map<string, number>();

  add(step: Step | 'flow', ms: number): void {
    this.times.get(step)?.push(ms);
  }

  refused(reason: string): void {
    this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1);
  }

  report(seconds: number): LoadReport {
    const of = (step: Step | 'flow'): readonly number[] => this.times.get(step) ?? [];
    return {
      orders: of('flow').length,
      seconds,
      samples: { cart: of('cart'), checkout: of('checkout'), pay: of('pay'), flow: of('flow') },
      refusals: Object.fromEntries(this.refusals),
    };
  }
}
