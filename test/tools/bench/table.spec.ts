import { printed } from '../../../bench/report/print.js';
import { tableOf } from '../../../bench/report/table.js';
import { summarise, type Measurement } from '../../../bench/measure/measurement.js';

const measured: Measurement = {
  load: { orders: 10, seconds: 2, samples: { cart: [1], checkout: [2], pay: [], flow: [3] }, refusals: {} },
  cpuMs: { api: 10, worker: 0, postgres: 20, redis: 0, sandbox: 0, load: 5 },
  counters: { statements: new Map([['holdfast', 30]]), commits: 20 },
  apiMb: 100,
};

describe('the table of a scenario', () => {
  it('leaves out the columns that say nothing of any row', () => {
    const [head] = tableOf({ holdfast: summarise([measured]) }).split('\n');

    expect(head?.trim().split(/ {2,}/)).toEqual([
      ...['orders/s', 'cart p50/p99', 'checkout p50/p99', 'flow p50/p95/p99', 'api ms', 'pg ms', 'sum ms', 'load ms'],
      ...['statements', 'commits', 'api MB'],
    ]);
  });

  it('keeps a column that says something of one row', () => {
    const table = tableOf({
      one: summarise([measured]),
      two: summarise([{ ...measured, cpuMs: { ...measured.cpuMs, sandbox: 7 } }]),
    });

    expect(table.split('\n').map((line) => line.includes('sandbox') || line.includes('0.70'))).toEqual([
      true,
      false,
      true,
    ]);
  });
});

describe('what a scenario found, for people', () => {
  it('names missed targets, and has no table where there are no rows', () => {
    const targets = [
      { name: 'units sold', value: 101, limit: { exactly: 100 }, unit: '' },
      { name: 'memory', value: 150.25, limit: { atMost: 200 }, unit: 'MB', detail: '140 → 150' },
    ] as const;

    expect(
      printed({ rows: {}, targets, broken: [], notes: { fact: 1 } })
        .trim()
        .split('\n'),
    ).toEqual([
      'fact: 1',
      'MISSED  units sold: 101 (exactly 100)',
      'ok      memory: 150.25 MB (at most 200 MB); 140 → 150',
      'ok      the audit holds',
    ]);
  });
});
