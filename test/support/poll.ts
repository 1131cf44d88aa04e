import { setTimeout as pause } from 'node:timers/promises';

export interface Deadline {
  /** How long to keep trying, in milliseconds (default 5000). */
  readonly withinMs?: number;
  /** Pause between two attempts, in milliseconds (default 20). */
  readonly everyMs?: number;
}

/**
 * Repeats `attempt`, usually a few assertions, until it no longer throws, and answers what it returned. After the deadline
 * the last failure comes out as the cause of an error that says how long was waited.
 */
export async function eventually<T>(attempt: () => Promise<T> | T, deadline: Deadline = {}): Promise<T> {
  const { withinMs = 5_000, everyMs = 20 } = deadline;
  const end = Date.now() + withinMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() >= end) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`Not within ${withinMs} ms: ${reason}`, { cause: error });
      }
    }
    await pause(everyMs);
  }
}
