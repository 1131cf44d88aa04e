import { medianOf } from '../../../bench/measure/percentile.js';
import { lastHalf, slopeOf } from '../../../bench/measure/trend.js';

const samples = (value: (seconds: number) => number) =>
  Array.from({ length: 60 }, (_, seconds) => ({ seconds, value: value(seconds) }));

describe('the trend of a noisy value', () => {
  it('is its slope a second', () => {
    expect(slopeOf(samples((seconds) => 100 + 0.5 * seconds))).toBeCloseTo(0.5, 10);
  });

  it('is not moved by peaks, nor by a saw that comes back to where it was', () => {
    expect(slopeOf(samples((seconds) => (seconds % 20 === 19 ? 400 : 100)))).toBe(0);
    expect(Math.abs(slopeOf(samples((seconds) => 100 + (seconds % 6))))).toBeLessThan(0.01);
  });

  it('is no number for a single sample', () => {
    expect(slopeOf([{ seconds: 1, value: 1 }])).toBeNaN();
  });
});

describe('the last half of samples', () => {
  it('is that of the time, not of their number', () => {
    const uneven = [0, 1, 2, 3, 4, 10].map((seconds) => ({ seconds, value: seconds }));

    expect(lastHalf(uneven).map(({ seconds }) => seconds)).toEqual([10]);
  });
});

describe('the median', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[], NaN],
  ])('of %j is %d', (values, median) => {
    expect(medianOf(values)).toBe(median);
  });
});
