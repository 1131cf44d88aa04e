import { join } from 'node:path';
import { scriptArguments } from '../../tools/process/run-script.js';
import { freePort } from '../../tools/services/ports.js';
import { startServer } from './server-process.js';

export interface BenchSandbox {
  readonly pid: number;
  /** What a service needs in its environment to take it for Stripe. */
  readonly config: Readonly<Record<string, string>>;
  /** From now on its webhooks go to the API at this port. */
  tell(port: number): Promise<void>;
  stop(): Promise<void>;
}

export const WEBHOOK_SECRET = 'whsec_of_the_benchmark';

/** The Stripe sandbox as a process of its own, in memory, so that its CPU can be told from the shop's. */
export async function startSandbox(folder: string): Promise<BenchSandbox> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await startServer({
    name: 'sandbox',
    args: [...scriptArguments('sandbox/main.ts'), '--port', String(port)],
    env: { NODE_ENV: 'production' },
    logFile: join(folder, `sandbox-${port}.log`),
    isReady: (log) => log.includes('Stripe sandbox http'),
  });
  return {
    pid: server.pid,
    config: { STRIPE_API_BASE: url, STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET },
    tell: async (apiPort) => {
      const receiver = { url: `http://127.0.0.1:${apiPort}/v1/webhooks/stripe`, secret: WEBHOOK_SECRET };
      const answer = await fetch(`${url}/_sandbox/webhooks`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(receiver),
        signal: AbortSignal.timeout(5_000),
      });
      if (!answer.ok) throw new Error(`the sandbox answered ${answer.status}: ${await answer.text()}`);
    },
    stop: () => server.stop(),
  };
}
