/** What pgbench says at its end, as far as a benchmark needs it. */
export interface PgbenchOutcome {
  readonly transactions: number;
  readonly perSecond: number;
}

/** Reads the summary that pgbench prints. Throws where a transaction failed or the numbers are not there. */
export function readPgbenchOutput(text: string): PgbenchOutcome {
  const number = (pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? NaN);
  const transactions = number(/^number of transactions actually processed: (\d+)/m);
  const perSecond = number(/^tps = ([\d.]+)/m);
  const failed = number(/^number of failed transactions: (\d+)/m);
  if (Number.isNaN(transactions) || Number.isNaN(perSecond) || failed > 0) throw new Error(`pgbench said:\n${text}`);
  return { transactions, perSecond };
}

/** Milliseconds of each transaction, from a log of `pgbench --log`: the third field is microseconds. */
export function readPgbenchLog(text: string): number[] {
  return text.split('\n').flatMap((line) => (line === '' ? [] : Number(line.split(' ')[2]) / 1_000));
}
