import { join } from 'node:path';
import { describeExit, startChild, type Child } from '../process/child.js';
import { projectRoot, scriptArguments } from '../process/run-script.js';
import { SERVICE_ENVIRONMENT } from '../process/service-environment.js';
import { pollUntil } from '../services/poll.js';
import { isPortFree } from '../services/ports.js';
import { stopOrder } from '../services/service.js';
import { followLog, logFile } from './log-stream.js';

/** What the processes of one start have in common. */
export interface RunContext {
  readonly dataDir: string;
  readonly verbose: boolean;
  /** The application's environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** A long-running child with the means to say how it ended. */
export interface LoggedChild {
  readonly child: Child;
  readonly lastLines: () => string;
}

const SANDBOX_PORT = 12_111;
const SANDBOX_LIMIT_MS = 30_000;

/** Runs `node dist/<name>.js` to its end. @throws Error with what it printed when it fails. */
export async function runToEnd(name: 'migrate' | 'seed', context: RunContext, limitMs: number): Promise<void> {
  const { child, lastLines } = startLogged(name, [join('dist', `${name}.js`)], { ...context, verbose: false }, 1_000);
  const timer = setTimeout(() => void child.stop(), limitMs);
  const exit = await child.exited;
  clearTimeout(timer);
  if (exit.code !== 0) throw new Error(`${name} ${describeExit(exit)}:\n${await complete(child, lastLines)}`);
}

/** Starts `dist/main.js` or `dist/worker.js`. */
export function startApplication(name: 'api' | 'worker', context: RunContext): LoggedChild {
  const program = join('dist', name === 'api' ? 'main.js' : 'worker.js');
  return startLogged(name, [program], { ...context, env: { ...context.env, ...SERVICE_ENVIRONMENT } }, 15_000);
}

export interface SandboxPlan {
  readonly webhookUrl: string;
  readonly webhookSecret: string;
}

/** Starts the Stripe sandbox on port 12111, or on a free one when that is taken, and waits until it is ready. */
export async function startSandbox(plan: SandboxPlan, context: RunContext): Promise<LoggedChild & { url: string }> {
  const port = (await isPortFree(SANDBOX_PORT, '127.0.0.1')) ? SANDBOX_PORT : 0;
  const logged = startLogged(
    'sandbox',
    [
      ...scriptArguments('sandbox/main.ts'),
      ...['--port', String(port), '--host', '127.0.0.1', '--data', join(context.dataDir, 'stripe-sandbox.jsonl')],
      ...['--webhook-url', plan.webhookUrl, '--webhook-secret', plan.webhookSecret],
    ],
    context,
    5_000,
  );
  const ready = await pollUntil(
    SANDBOX_LIMIT_MS,
    () => logged.child.exit() ?? /Stripe sandbox (http:\/\/\S+)/.exec(logged.lastLines())?.[1],
  );
  if (typeof ready === 'string') return { ...logged, url: ready };
  const what = ready ? describeExit(ready) : `was not ready within ${SANDBOX_LIMIT_MS / 1_000} s`;
  throw new Error(`The Stripe sandbox ${what}:\n${await complete(logged.child, logged.lastLines)}`);
}

/** Why a child that should run on has ended, with its last lines. */
export async function obituary({ child, lastLines }: LoggedChild): Promise<string> {
  const exit = await child.exited;
  return `${child.name} ${describeExit(exit)}; its last lines:\n${await complete(child, lastLines)}`;
}

function startLogged(name: string, args: readonly string[], context: RunContext, graceMs: number): LoggedChild {
  const order = name === 'sandbox' ? stopOrder.sandbox : stopOrder.application;
  const child = startChild({
    name,
    command: process.execPath,
    args,
    options: { cwd: projectRoot, env: { ...context.env }, stdio: ['ignore', 'pipe', 'pipe'] },
    stop: { order, signal: 'SIGTERM', graceMs },
  });
  const file = logFile(context.dataDir, name);
  return { child, ...followLog(child.process, { name, file, verbose: context.verbose }) };
}

// `exit` may come before the last output has been read.
async function complete(child: Child, lastLines: () => string): Promise<string> {
  const { stdout, stderr } = child.process;
  await pollUntil(2_000, () => (stdout?.readableEnded !== false && stderr?.readableEnded !== false) || undefined);
  return lastLines();
}
