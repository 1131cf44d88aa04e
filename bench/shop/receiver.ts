import { join } from 'node:path';
import { scriptArguments } from '../../tools/process/run-script.js';
import { freePort } from '../../tools/services/ports.js';
import { startServer } from './server-process.js';

export interface Receiver {
  readonly url: string;
  /** How many different events came. */
  received(): Promise<number>;
  stop(): Promise<void>;
}

/** Somebody who is told of events, in a process of his own. */
export async function startReceiver(folder: string): Promise<Receiver> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/events`;
  const server = await startServer({
    name: 'receiver',
    args: scriptArguments('bench/load/receiver-main.ts'),
    env: { PORT: String(port) },
    logFile: join(folder, `receiver-${port}.log`),
    isReady: (log) => log.includes('listening'),
  });
  return {
    url,
    received: async () => Number(await (await fetch(url, { signal: AbortSignal.timeout(5_000) })).text()),
    stop: () => server.stop(),
  };
}
