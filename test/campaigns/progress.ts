const EVERY_MS = 1_000;

/** Says a line a second while `work` runs. */
export async function withProgress<T>(
  say: (line: string) => void,
  line: () => string,
  work: () => Promise<T>,
): Promise<T> {
  const timer = setInterval(() => say(line()), EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
