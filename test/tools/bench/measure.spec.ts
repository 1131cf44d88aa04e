import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Measurement, ratioOf, summarise } from '../../../bench/measure/measurement.js';
import { spreadOf } from '../../../bench/measure/percentile.js';
import { memoryOf, parseStat, treeCpuMs } from '../../../bench/measure/processes.js';

const stretch = (orders: number, seconds: number, ms: number): Measurement => ({
  load: {
    orders,
    seconds,
    samples: { cart: [1], checkout: [2], pay: [3], flow: [6] },
    refusals: { '409 order_insufficient_stock': 2 },
  },
  cpuMs: { api: ms, worker: ms, postgres: 2 * ms, redis: 0, sandbox: 100, load: 10 },
  counters: { statements: new Map([['holdfast', 10 * orders]]), commits: 3 * orders },
  apiMb: seconds,
});

describe('percentiles', () => {
  it('are nearest ranks, whatever the order of the samples', () => {
    const samples = Array.from({ length: 200 }, (_, place) => ((place * 7) % 200) + 1);

    expect(spreadOf(samples)).toEqual({ p50: 100, p95: 190, p99: 198 });
  });

  it('of one sample are that sample, and of none are no number', () => {
    expect(spreadOf([4])).toEqual({ p50: 4, p95: 4, p99: 4 });
    expect(spreadOf([])).toEqual({ p50: NaN, p95: NaN, p99: NaN });
  });
});

describe('several stretches of one load', () => {
  it('are summed before they are divided, and the servers alone are what a shop pays', () => {
    const summary = summarise([stretch(100, 2, 300), stretch(300, 2, 500)]);

    expect(summary).toMatchObject({
      ordersPerSecond: 100,
      cpuMs: { api: 2, worker: 2, postgres: 4, redis: 0, sandbox: 0.5, load: 0.05 },
      serversMs: 8,
      statements: { holdfast: 10 },
      commits: 3,
      refusals: { '409 order_insufficient_stock': 4 },
    });
  });

  it('are compared round by round, so that one busy moment does not count', () => {
    const quiet = [stretch(100, 1, 100), stretch(110, 1, 110), stretch(90, 1, 90)];
    const half = [stretch(50, 1, 100), stretch(5, 1, 500), stretch(45, 1, 90)];

    const [all, ours] = [summarise(quiet), summarise(half)];

    expect(ratioOf(ours, all, 'ordersPerSecond')).toBe(0.5);
    expect(ratioOf(ours, all, 'serversMs')).toBe(2);
    expect(ratioOf(undefined, all, 'serversMs')).toBeNaN();
  });
});

describe('the CPU time of a process', () => {
  it('is read from its line in /proc, also behind a name with blanks and parentheses', () => {
    const line = '4711 (a b) c) S 12 4711 4711 0 -1 4194304 1 2 3 4 150 25 40 10 20 0 1 0 99 1 1';

    expect(parseStat(line)).toEqual({ pid: 4711, parent: 12, ownMs: 1_750, endedChildrenMs: 500 });
  });
});

// The benchmark reads /proc and runs on Linux alone; the rest of the project does not.
if (process.platform === 'linux') {
  describe('the accounts of the kernel', () => {
    it('count children that run and children that have ended', async () => {
      const burn = 'const until = process.cpuUsage().user + 300_000; while (process.cpuUsage().user < until);';
      const before = treeCpuMs(process.pid);
      const child = spawn(process.execPath, ['-e', burn]);
      await once(child, 'exit');

      expect(treeCpuMs(process.pid) - before).toBeGreaterThanOrEqual(300);
    });

    it('never show more memory than the peak', () => {
      const { residentMb, peakMb } = memoryOf(process.pid);

      expect(residentMb).toBeGreaterThan(10);
      expect(peakMb).toBeGreaterThanOrEqual(residentMb);
    });
  });
}
