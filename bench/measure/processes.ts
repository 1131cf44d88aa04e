import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ, the unit of times in /proc: 100 on every architecture that Node runs on (man 7 time). */
const TICKS_PER_SECOND = 100;
const MS_PER_TICK = 1_000 / TICKS_PER_SECOND;

/** One line of /proc/<pid>/stat, as far as it is about time. Times in milliseconds. */
export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** All threads, in user mode and in the kernel. */
  readonly ownMs: number;
  /** Children that have ended and were waited for. */
  readonly endedChildrenMs: number;
}

/** Reads a line of /proc/<pid>/stat (man 5 proc). The name in parentheses may hold blanks and parentheses. */
export function parseStat(line: string): ProcessStat {
  const nameEnd = line.lastIndexOf(')');
  const fields = line.slice(nameEnd + 2).split(' ');
  const ticks = (field: number): number => Number(fields[field - 3]) * MS_PER_TICK;
  return {
    pid: Number(line.slice(0, line.indexOf(' '))),
    parent: Number(fields[1]),
    ownMs: ticks(14) + ticks(15),
    endedChildrenMs: ticks(16) + ticks(17),
  };
}

/** CPU time in milliseconds of a process and of its children, those that have ended included. */
export function treeCpuMs(pid: number): number {
  const own = statOf(pid);
  if (!own) throw new Error(`process ${pid} has ended`);
  const children = allStats().filter(({ parent }) => parent === pid);
  return (
    own.ownMs + own.endedChildrenMs + children.reduce((sum, child) => sum + child.ownMs + child.endedChildrenMs, 0)
  );
}

export interface Memory {
  /** Megabytes (10^6 bytes) of resident memory now, and at its highest since the process began. */
  readonly residentMb: number;
  readonly peakMb: number;
}

/** Resident memory of one process, from /proc/<pid>/status. */
export function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8').split('\n');
  // Its kB are of 1024 bytes (man 5 proc).
  const mb = (name: string): number =>
    (parseInt(status.find((line) => line.startsWith(name))?.slice(name.length) ?? '', 10) * 1_024) / 1e6;
  return { residentMb: mb('VmRSS:'), peakMb: mb('VmHWM:') };
}

function statOf(pid: number): ProcessStat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}

function allStats(): ProcessStat[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? []);
}
