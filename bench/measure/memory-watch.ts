import { memoryOf } from './processes.js';
import type { Sample } from './trend.js';

const EVERY_MS = 1_000;

/** Runs some work, and looks at the resident memory of a process every second meanwhile. */
export async function watchMemory<Result>(
  pid: number,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly megabytes: readonly Sample[] }> {
  const begun = performance.now();
  const megabytes: Sample[] = [];
  const look = (): void => {
    megabytes.push({ seconds: (performance.now() - begun) / 1_000, value: memoryOf(pid).residentMb });
  };
  look();
  const timer = setInterval(look, EVERY_MS);
  try {
    return { result: await work(), megabytes };
  } finally {
    clearInterval(timer);
  }
}
