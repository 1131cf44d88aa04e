/** What goes wrong with one call to Stripe; sandbox/README.md says what each fault does. */
interface Mishap {
  readonly fault: object;
  /** Whether Stripe did the work. */
  readonly executed: boolean;
  /** What the idempotency key gives again where Stripe did it. */
  readonly replay: 'error' | 'result';
}

export const MISHAPS = {
  unavailable: { fault: { kind: 'error_before' }, executed: false, replay: 'result' },
  rateLimited: { fault: { kind: 'rate_limit' }, executed: false, replay: 'result' },
  keyInUse: { fault: { kind: 'conflict' }, executed: false, replay: 'result' },
  lostForGood: { fault: { kind: 'error_after', replay: 'error' }, executed: true, replay: 'error' },
  lostOnce: { fault: { kind: 'error_after', replay: 'result' }, executed: true, replay: 'result' },
} as const satisfies Readonly<Record<string, Mishap>>;
export type MishapName = keyof typeof MISHAPS;
