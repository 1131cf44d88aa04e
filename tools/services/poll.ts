import { setTimeout as delay } from 'node:timers/promises';

/** Asks until the answer is not undefined; after `limitMs` the answer is undefined. */
export async function pollUntil<Answer>(
  limitMs: number,
  ask: () => Promise<Answer | undefined> | Answer | undefined,
): Promise<Answer | undefined> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || Date.now() >= deadline) return answer;
    await delay(20);
  }
}
