import type { WebhookEventStatus } from './webhook-event.js';

const MOST_FAILURES = 8;
/** Three days in all: as long as Stripe itself goes on trying to deliver an event. */
const MOST_SEARCHES = 12;
const LONGEST_PAUSE_SECONDS = 86_400;

/** Seconds until the next attempt at an event that could not be worked on, or `park`. `attempts` counts this one. */
export function afterFailure(attempts: number): number | 'park' {
  return attempts >= MOST_FAILURES ? 'park' : 2 ** (attempts - 1);
}

/** The same for an event about something that is not known yet: from a second to a day. */
export function afterSearch(attempts: number): number | 'park' {
  return attempts >= MOST_SEARCHES ? 'park' : Math.min(4 ** (attempts - 1), LONGEST_PAUSE_SECONDS);
}

/** Whether an event was taken up more often than it was given back: each time the process died over it. */
export function isFatal(event: { readonly status: WebhookEventStatus; readonly attempts: number }): boolean {
  return event.attempts > (event.status === 'deferred' ? MOST_SEARCHES : MOST_FAILURES);
}
