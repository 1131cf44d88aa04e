import { killChildrenBefore, stopAllChildren } from '../process/child.js';
import { stopOrder } from '../services/service.js';

const HURRIED_MS = 2_000;
/** npm passes on the Ctrl-C that the terminal has sent to everybody already: this close together they are one. */
const SAME_KEYPRESS_MS = 500;

let begun: { at: number; done: Promise<void> } | undefined;
let hurried = false;

export function isStopping(): boolean {
  return begun !== undefined;
}

/** Stops all children in order; called again it waits for the first call. Never rejects. */
export function stopEverything(say: (line: string) => void): Promise<void> {
  begun ??= { at: Date.now(), done: stopAllChildren().catch((error: unknown) => say(String(error))) };
  return begun.done;
}

/** Ctrl-C, SIGTERM and SIGHUP stop everything and then call `ended`; a second one hurries. */
export function stopOnSignals(say: (line: string) => void, ended: () => void): void {
  const stop = (): void => {
    if (begun && Date.now() - begun.at < SAME_KEYPRESS_MS) return;
    if (begun) return void hurry(say);
    say('Stopping');
    void stopEverything(say).then(ended);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
}

async function hurry(say: (line: string) => void): Promise<void> {
  if (hurried) return;
  hurried = true;
  say('Stopping at once');
  killChildrenBefore(stopOrder.redis);
  await stopAllChildren(HURRIED_MS);
}
