/** Median and tail, in the unit of the samples; NaN where there are none. */
export interface Spread {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Nearest-rank percentiles of samples in any order. */
export function spreadOf(samples: readonly number[]): Spread {
  const sorted = Float64Array.from(samples).sort();
  const at = (percent: number): number => sorted[Math.max(1, Math.ceil((percent / 100) * sorted.length)) - 1] ?? NaN;
  return { p50: at(50), p95: at(95), p99: at(99) };
}

/** The middle of numbers in any order, between two of them where their count is even; NaN where there are none. */
export function medianOf(numbers: readonly number[]): number {
  const sorted = Float64Array.from(numbers).sort();
  const at = (place: number): number => sorted[place] ?? NaN;
  return (at(Math.floor((sorted.length - 1) / 2)) + at(Math.floor(sorted.length / 2))) / 2;
}
