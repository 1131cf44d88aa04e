import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { projectRoot } from '../process/run-script.js';
import { npmCommand } from '../start/npm-command.js';

/** Long ones first, so that no processor waits for the last one. */
const CHECKS = ['lint', 'types', 'format:check', 'docs:check', 'floors'];
const AT_A_TIME = 2;

/** Runs the checks, prints each as a whole when it is over, and answers the names of those that failed. */
export async function failedChecks(): Promise<string[]> {
  const waiting = [...CHECKS];
  const failed: string[] = [];
  const runWaiting = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      if (!(await passes(name))) failed.push(name);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, runWaiting));
  return failed;
}

async function passes(name: string): Promise<boolean> {
  const { command, args } = npmCommand(['run', '--silent', name]);
  const check = spawn(command, args, { cwd: projectRoot, stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors, [code]] = await Promise.all([text(check.stdout), text(check.stderr), once(check, 'close')]);
  process.stdout.write(`${output}${errors}${code === 0 ? 'ok  ' : 'FAIL'} ${name}\n`);
  return code === 0;
}
