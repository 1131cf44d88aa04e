import type { Summary } from '../measure/measurement.js';

const COLUMNS: Readonly<Record<string, (row: Summary) => string>> = {
  'orders/s': (row) => row.ordersPerSecond.toFixed(1),
  'cart p50/p99': ({ times: { cart } }) => pair(cart),
  'checkout p50/p99': ({ times: { checkout } }) => pair(checkout),
  'pay p50/p99': ({ times: { pay } }) => pair(pay),
  'flow p50/p95/p99': ({ times: { flow } }) => `${ms(flow.p50)}/${ms(flow.p95)}/${ms(flow.p99)}`,
  'api ms': ({ cpuMs }) => cpuMs.api.toFixed(2),
  'worker ms': ({ cpuMs }) => cpuMs.worker.toFixed(2),
  'pg ms': ({ cpuMs }) => cpuMs.postgres.toFixed(2),
  'redis ms': ({ cpuMs }) => cpuMs.redis.toFixed(2),
  'sum ms': ({ serversMs }) => serversMs.toFixed(2),
  'sandbox ms': ({ cpuMs }) => cpuMs.sandbox.toFixed(2),
  'load ms': ({ cpuMs }) => cpuMs.load.toFixed(2),
  statements: ({ statements }) => (statements['holdfast'] ?? 0).toFixed(2),
  commits: ({ commits }) => commits.toFixed(2),
  'api MB': ({ apiMb }) => apiMb.toFixed(0),
};

/** What a cell says that has nothing to say. */
const NOTHING = /^(-[-/]*|0(\.0+)?)$/;

/** The rows of a scenario as a table of plain text, without the columns that say nothing of any of them. */
export function tableOf(rows: Readonly<Record<string, Summary>>): string {
  const columns = Object.entries(COLUMNS).filter(([, cell]) =>
    Object.values(rows).some((row) => !NOTHING.test(cell(row))),
  );
  const head = ['', ...columns.map(([title]) => title)];
  const body = Object.entries(rows).map(([name, row]) => [name, ...columns.map(([, cell]) => cell(row))]);
  const widths = head.map((title, column) => Math.max(title.length, ...body.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  return [head, ...body].map(line).join('\n');
}

function pair({ p50, p99 }: { readonly p50: number; readonly p99: number }): string {
  return `${ms(p50)}/${ms(p99)}`;
}

function ms(value: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(1);
}
