import { ServiceUnavailable } from '../http/index.js';

const LIMIT_MS = 3_000;

/** What the queues answer. BullMQ waits for Redis without an end; whoever looks at the board is told that it is away. */
export async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the queues gave no answer within ${LIMIT_MS} ms`)), LIMIT_MS);
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    throw new ServiceUnavailable(error);
  } finally {
    clearTimeout(timer);
  }
}
