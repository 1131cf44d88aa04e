import { pollUntil } from '../services/poll.js';
import { obituary, type LoggedChild } from './commands.js';

const READY_LIMIT_MS = 60_000;

/** Waits until the API says that it can serve. @throws Error when it ends before that or takes too long. */
export async function waitUntilReady(origin: string, api: LoggedChild): Promise<void> {
  let last = 'no answer';
  const outcome = await pollUntil(READY_LIMIT_MS, async () => {
    if (api.child.exit()) return 'ended';
    last = await ask(`${origin}/health/ready`);
    return last === '200' ? 'ready' : undefined;
  });
  if (outcome === 'ready') return;
  if (outcome === 'ended') throw new Error(await obituary(api));
  throw new Error(
    `The API was not ready within ${READY_LIMIT_MS / 1_000} s (last: ${last}); its last lines:\n${api.lastLines()}`,
  );
}

async function ask(url: string): Promise<string> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    const body = await answer.text();
    return answer.ok ? String(answer.status) : `${answer.status} ${body.slice(0, 300)}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
