import { readPgbenchLog, readPgbenchOutput } from '../../../bench/measure/pgbench-output.js';

const SUMMARY = `transaction type: purchase.pgbench
scaling factor: 1
query mode: prepared
number of clients: 32
number of threads: 1
maximum number of tries: 1
duration: 4 s
number of transactions actually processed: 1234
number of failed transactions: 0 (0.000%)
latency average = 103.700 ms
initial connection time = 61.204 ms
tps = 308.583022 (without initial connection time)
`;

describe('what pgbench prints', () => {
  it('is read as transactions and their rate', () => {
    expect(readPgbenchOutput(SUMMARY)).toEqual({ transactions: 1_234, perSecond: 308.583022 });
  });

  it.each([
    ['a transaction failed', SUMMARY.replace('transactions: 0 (', 'transactions: 2 (')],
    ['it was broken off', 'pgbench: error: connection to server failed'],
  ])('is refused where %s', (_, text) => {
    expect(() => readPgbenchOutput(text)).toThrow('pgbench said:');
  });

  it('holds in its log how long each transaction took', () => {
    expect(readPgbenchLog('0 1 2500 0 1764259200 100\n7 1 31000 0 1764259200 2100\n')).toEqual([2.5, 31]);
  });
});
