import type { DataSource, QueryRunner } from 'typeorm';
import type { Statement } from './statement.js';

/** A step of PostgreSQL's plan, as EXPLAIN (FORMAT JSON) names its members. */
interface PlanStep {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Plan Rows': number;
  readonly Plans?: readonly PlanStep[];
}

/** What of a plan takes longer the more rows there are. */
export interface PlanFaults {
  /** Tables of which every row is read. */
  readonly scanned: readonly string[];
  /** The largest number of rows, as estimated, that are put in order before the first one is answered. */
  readonly sorted: number;
}

/**
 * Explains a statement with the values that it was sent with. Reading tables from end to end is forbidden, so that a small
 * database shows what a large one would do: PostgreSQL still does it where nothing else leads to the answer.
 */
export async function explain(source: DataSource, { text, values }: Statement): Promise<PlanFaults> {
  const runner = source.createQueryRunner();
  await runner.startTransaction();
  try {
    await runner.query('SET LOCAL enable_seqscan = off');
    const plan = await planOf(runner, `(FORMAT JSON) ${text}`, values);
    return { scanned: scannedBy(plan), sorted: Math.max(0, ...sortsOf(plan)) };
  } finally {
    await runner.rollbackTransaction();
    await runner.release();
  }
}

/** The tables that a prepared statement reads from end to end, whatever its values are: the plan that connections keep. */
export async function scannedWhenPrepared(source: DataSource, { text }: Statement): Promise<readonly string[]> {
  const runner = source.createQueryRunner();
  try {
    return scannedBy(await planOf(runner, `(GENERIC_PLAN, FORMAT JSON) ${text}`, []));
  } finally {
    await runner.release();
  }
}

async function planOf(runner: QueryRunner, text: string, values: readonly unknown[]): Promise<PlanStep> {
  const [row]: { 'QUERY PLAN': readonly { Plan: PlanStep }[] }[] = await runner.query(`EXPLAIN ${text}`, [...values]);
  const plan = row?.['QUERY PLAN'][0]?.Plan;
  if (!plan) throw new Error(`no plan for ${text}`);
  return plan;
}

function scannedBy(step: PlanStep): string[] {
  const own = step['Node Type'] === 'Seq Scan' ? [step['Relation Name'] ?? 'unknown'] : [];
  return [...own, ...below(step).flatMap(scannedBy)];
}

/** An incremental sort puts ties in order, group by group, and never sees all rows. */
function sortsOf(step: PlanStep): number[] {
  const own = step['Node Type'] === 'Sort' ? below(step).map((input) => input['Plan Rows']) : [];
  return [...own, ...below(step).flatMap(sortsOf)];
}

function below(step: PlanStep): readonly PlanStep[] {
  return step.Plans ?? [];
}
