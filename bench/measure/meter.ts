import type { LoadReport } from '../load/job.js';
import type { CounterReader, DatabaseCounters } from './database-counters.js';
import { type CpuMs, type Measurement, type Part, PARTS } from './measurement.js';
import { memoryOf, treeCpuMs } from './processes.js';

/** Which processes a part consists of. A part without any costs nothing. */
export type ProcessTable = Readonly<Record<Part, readonly number[]>>;

/** Measures what a stretch of load costs, from the accounts that the kernel and PostgreSQL keep of themselves. */
export class Meter {
  constructor(
    private readonly processes: ProcessTable,
    private readonly counters: CounterReader,
  ) {}

  async measure(work: () => Promise<LoadReport>): Promise<Measurement> {
    const countersBefore = await this.counters.read();
    const cpuBefore = this.cpu();
    const load = await work();
    const cpuAfter = this.cpu();
    return {
      load,
      cpuMs: difference(cpuBefore, cpuAfter),
      counters: since(countersBefore, await this.counters.read()),
      apiMb: Math.max(0, ...this.processes.api.map((pid) => memoryOf(pid).residentMb)),
    };
  }

  private cpu(): CpuMs {
    const of = (part: Part): number => this.processes[part].reduce((all, pid) => all + treeCpuMs(pid), 0);
    return {
      ...{ api: of('api'), worker: of('worker'), postgres: of('postgres'), redis: of('redis') },
      ...{ sandbox: of('sandbox'), load: of('load') },
    };
  }
}

function difference(before: CpuMs, after: CpuMs): CpuMs {
  const spent: Record<Part, number> = { ...after };
  for (const part of PARTS) spent[part] = after[part] - before[part];
  return spent;
}

function since(before: DatabaseCounters, after: DatabaseCounters): DatabaseCounters {
  const statements = [...after.statements].map(([role, calls]): [string, number] => [
    role,
    calls - (before.statements.get(role) ?? 0),
  ]);
  return { statements: new Map(statements), commits: after.commits - before.commits };
}
