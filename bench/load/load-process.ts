import { once } from 'node:events';
import { scriptArguments } from '../../tools/process/run-script.js';
import { startChild } from '../../tools/process/child.js';
import { stopOrder } from '../../tools/services/service.js';
import { type LoadAnswer, type LoadJob, type LoadReport, STOP } from './job.js';

/** Over the longest time that a job may take by itself. */
const GRACE_MS = 60_000;

export interface LoadProcess {
  readonly pid: number;
  /** Runs one job, one after the other, to its end or until `enough` settles. Throws what the buyers met. */
  run(job: LoadJob, enough?: Promise<unknown>): Promise<LoadReport>;
  stop(): Promise<void>;
}

/** Starts the load generator, whose CPU can so be told from everybody else's. */
export function startLoadProcess(): LoadProcess {
  const child = startChild({
    name: 'load',
    command: process.execPath,
    args: scriptArguments('bench/load/main.ts'),
    options: { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    stop: { order: stopOrder.application, signal: 'SIGTERM', graceMs: 2_000 },
  });
  return {
    pid: child.pid ?? 0,
    run: async (job, enough) => {
      const signal = AbortSignal.timeout(job.seconds * 1_000 + GRACE_MS);
      const answered = once(child.process, 'message', { signal });
      child.process.send(job);
      const stop = (): unknown => child.process.send(STOP);
      void enough?.then(stop, stop);
      const gone = child.exited.then(() => Promise.reject(new Error('the load generator ended')));
      const [answer]: LoadAnswer[] = await Promise.race([answered, gone]);
      if (!answer) throw new Error('the load generator answered nothing');
      if ('failure' in answer) throw new Error(`the load stopped: ${answer.failure}`);
      return answer.report;
    },
    stop: () => child.stop(),
  };
}
