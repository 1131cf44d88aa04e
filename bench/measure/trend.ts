import { medianOf } from './percentile.js';

/** A value at a time in seconds. */
export interface Sample {
  readonly seconds: number;
  readonly value: number;
}

/**
 * How fast a noisy value rises, a second: the median of the slopes between all pairs of samples (Theil and Sen), which a few
 * peaks of a garbage collector do not move. NaN for fewer than two samples.
 */
export function slopeOf(samples: readonly Sample[]): number {
  const slopes: number[] = [];
  for (const [place, from] of samples.entries()) {
    for (const to of samples.slice(place + 1)) {
      if (to.seconds !== from.seconds) slopes.push((to.value - from.value) / (to.seconds - from.seconds));
    }
  }
  return medianOf(slopes);
}

/** The samples of the second half of the time. */
export function lastHalf(samples: readonly Sample[]): Sample[] {
  const [first, last] = [samples[0]?.seconds ?? 0, samples.at(-1)?.seconds ?? 0];
  return samples.filter(({ seconds }) => seconds >= (first + last) / 2);
}
