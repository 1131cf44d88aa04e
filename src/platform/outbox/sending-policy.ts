const MOST_ATTEMPTS = 10;
const LONGEST_PAUSE_SECONDS = 60;
const LONGEST_OUTAGE_PAUSE_MS = 30_000;

/** Seconds until an event is offered again that a transport refused, or `dead`: four minutes in all. */
export function afterRefusal(attempts: number): number | 'dead' {
  return attempts >= MOST_ATTEMPTS ? 'dead' : Math.min(2 ** (attempts - 1), LONGEST_PAUSE_SECONDS);
}

/** Whether an event was taken more often than somebody came back from sending it: each time the process died over it. */
export function isFatal({ attempts }: { readonly attempts: number }): boolean {
  return attempts > MOST_ATTEMPTS;
}

/** Milliseconds until a transport is tried again that was out of reach so many times in a row. */
export function afterOutage(failures: number): number {
  return Math.min(500 * 2 ** (failures - 1), LONGEST_OUTAGE_PAUSE_MS);
}
