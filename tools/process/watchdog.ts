import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { projectRoot, scriptArguments } from './run-script.js';
import type { WatchdogMessage } from './watchdog-message.js';

const END_LIMIT_MS = 3_000;

let watchdog: ChildProcess | undefined;

/** Tells the watchdog, started on first use, about a process or a temporary folder. */
export function tellWatchdog(message: WatchdogMessage): void {
  watchdog ??= startWatchdog();
  watchdog.stdin?.write(`${JSON.stringify(message)}\n`);
}

/** The watchdog's pid, once there is one. */
export function watchdogPid(): number | undefined {
  return watchdog?.pid;
}

/** Lets the watchdog end, which it does at once when nothing is left to watch, and waits for that. */
export async function endWatchdog(): Promise<void> {
  const ending = watchdog;
  watchdog = undefined;
  if (!ending || ending.exitCode !== null) return;
  ending.ref();
  ending.stdin?.end();
  await once(ending, 'exit', { signal: AbortSignal.timeout(END_LIMIT_MS) }).catch(() => undefined);
}

function startWatchdog(): ChildProcess {
  // Its own session, so that neither Ctrl-C nor a closing terminal ends it before its work is done.
  const child = spawn(process.execPath, scriptArguments('tools/process/watchdog-main.ts'), {
    cwd: projectRoot,
    detached: process.platform !== 'win32',
    stdio: ['pipe', 'ignore', 'ignore'],
    windowsHide: true,
  });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  // It must not keep this process alive: it ends by itself when this process does.
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  return child;
}
