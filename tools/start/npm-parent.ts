import { basename } from 'node:path';
import { commandLine, isSameProcess, parentOf, processMark } from '../process/identity.js';

const POLL_MS = 300;

/**
 * Calls `gone` when the npm that runs this process has disappeared: a killed npm tells its script nothing. Between the
 * two there may be a shell that lives on. Without npm above it, nothing is watched.
 */
export function watchNpm(gone: () => void): void {
  if (process.env.npm_lifecycle_event !== 'start') return;
  const watched = ancestorsUpToNpm();
  const timer = setInterval(() => {
    if (watched.every(({ pid, mark }) => isSameProcess(pid, mark))) return;
    clearInterval(timer);
    gone();
  }, POLL_MS);
  timer.unref();
}

function ancestorsUpToNpm(): { pid: number; mark: string }[] {
  const found: { pid: number; mark: string }[] = [];
  let pid: number | undefined = process.ppid;
  for (let step = 0; step < 3 && pid !== undefined && pid > 1; step++) {
    const mark = processMark(pid);
    if (mark === undefined) break;
    found.push({ pid, mark });
    if (!isShell(pid)) break;
    pid = parentOf(pid);
  }
  return found;
}

function isShell(pid: number): boolean {
  const [program = '', flag] = commandLine(pid).split(' ');
  return flag === '-c' && ['sh', 'bash', 'dash', 'ash', 'zsh'].includes(basename(program));
}
