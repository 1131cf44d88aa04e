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
