// The watchdog: a small process of its own that outlives a `kill -9` of the one that started it. It reads which
// processes run and which folders are temporary; when its standard input closes, the starter is gone, by whatever
// way, and what is still on the list is stopped in order and removed.
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { stopInOrder, type StopRecord } from './stop-in-order.js';
import { watchdogMessageSchema, type WatchdogMessage } from './watchdog-message.js';

const running = new Map<number, StopRecord>();
const temporary = new Set<string>();

// A Ctrl-C in the terminal or a closed terminal is the starter's business; the watchdog ends with its input.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

function take(message: WatchdogMessage): void {
  if ('watch' in message) running.set(message.watch.pid, message.watch);
  else if ('gone' in message) running.delete(message.gone);
  else if ('temporary' in message) temporary.add(message.temporary);
  else temporary.delete(message.removed);
}

for await (const line of createInterface({ input: process.stdin })) {
  take(watchdogMessageSchema.parse(JSON.parse(line)));
}
await stopInOrder([...running.values()]);
for (const folder of temporary) rmSync(folder, { recursive: true, force: true });
