import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { errorCode } from './error-code.js';

/**
 * Tells one process from a later one that got the same pid: the boot and the start time of `pid`, as an opaque string,
 * or `undefined` when no such process runs. A zombie counts as gone: its kill(pid, 0) succeeds although nothing runs.
 */
export function processMark(pid: number): string | undefined {
  if (!answersSignals(pid)) return undefined;
  if (process.platform === 'linux') return linuxMark(pid);
  // Windows has no cheap way to ask; the pid alone must do there.
  if (process.platform === 'win32') return `pid ${pid}`;
  return posixMark(pid);
}

/** True while the very process that had `mark` still runs. */
export function isSameProcess(pid: number, mark: string): boolean {
  return processMark(pid) === mark;
}

/** The command line of `pid`, its words parted by spaces; empty when it is gone or hidden. */
export function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    if (process.platform === 'win32') return '';
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8', timeout: 5_000 }).trim();
  } catch {
    return '';
  }
}

/** The parent of `pid`, or `undefined` where the system does not tell. */
export function parentOf(pid: number): number | undefined {
  try {
    if (process.platform === 'linux') return Number(statFields(pid)[1]);
    if (process.platform === 'win32') return undefined;
    return Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8', timeout: 5_000 }));
  } catch {
    return undefined;
  }
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process is there and belongs to somebody else.
    return errorCode(error) === 'EPERM';
  }
}

function linuxMark(pid: number): string | undefined {
  try {
    const fields = statFields(pid);
    const [state, startTicks] = [fields[0], fields[19]];
    if (state === undefined || state === 'Z' || state === 'X') return undefined;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${startTicks ?? ''}`;
  } catch {
    return undefined;
  }
}

// The fields of proc(5) `stat` from the state on: the name before them is in brackets and may itself hold blanks.
function statFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function posixMark(pid: number): string | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8', timeout: 5_000 });
    const [state = '', ...started] = line.trim().split(/\s+/);
    return state.startsWith('Z') ? undefined : started.join(' ');
  } catch {
    return undefined;
  }
}
