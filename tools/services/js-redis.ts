import { describeExit, startChild } from '../process/child.js';
import { projectRoot, scriptArguments } from '../process/run-script.js';
import { pollUntil } from './poll.js';
import { processMembers, stopOrder, type Service } from './service.js';

const START_LIMIT_MS = 60_000;

/** Starts js-redis-server on loopback as a child process; port 0 takes a free one. Its data is in memory only. */
export async function startJsRedis(port: number): Promise<Service> {
  const child = startChild({
    name: 'js-redis-server',
    command: process.execPath,
    args: [...scriptArguments('tools/services/js-redis-main.ts'), String(port)],
    options: { cwd: projectRoot, stdio: ['pipe', 'pipe', 'pipe'] },
    stop: { order: stopOrder.redis, signal: 'SIGTERM', graceMs: 5_000 },
  });
  let output = '';
  const keep = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(-4_000));
  child.process.stdout?.on('data', keep);
  child.process.stderr?.on('data', keep);
  const answer = await pollUntil(START_LIMIT_MS, () => child.exit() ?? /^port (\d+)$/m.exec(output)?.[1]);
  if (typeof answer === 'string') {
    return {
      url: `redis://127.0.0.1:${answer}`,
      kind: 'js-redis-server',
      ...processMembers(child),
      stop: () => child.stop(),
    };
  }
  await child.stop();
  throw new Error(`js-redis-server ${answer ? describeExit(answer) : 'did not become ready'}:\n${output.trim()}`);
}
