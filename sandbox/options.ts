/** How to run a sandbox. Durations are milliseconds. */
export interface SandboxOptions {
  /** 0 takes any free port. */
  readonly port?: number;
  readonly host?: string;
  /** How browsers reach the sandbox, without a trailing slash, where that is not `http://host:port`. */
  readonly publicUrl?: string;
  /** Journal file; without it the state lives in memory and ends with the process. */
  readonly data?: string;
  /** Where events are posted from the start; more can be added by `POST /_sandbox/webhooks`. */
  readonly webhooks?: readonly { readonly url: string; readonly secret: string }[];
  readonly webhookTimeoutMs?: number;
  /** How often one event is tried at one endpoint. */
  readonly webhookAttempts?: number;
  /** Pause before the second attempt; it doubles with each further one. */
  readonly webhookBackoffMs?: number;
  readonly idempotencyTtlMs?: number;
  /** How long a new intent is invisible to search, as Stripe's index lags. */
  readonly searchLagMs?: number;
  /** How long the test methods for pending and failing refunds take. */
  readonly refundSettleMs?: number;
  /** Unix milliseconds; for tests that move the clock. */
  readonly now?: () => number;
}

export type Settings = Required<Omit<SandboxOptions, 'data' | 'publicUrl'>> & {
  readonly data: string | null;
  readonly publicUrl: string | null;
};

const DEFAULTS: Settings = {
  port: 0,
  host: '127.0.0.1',
  data: null,
  publicUrl: null,
  webhooks: [],
  webhookTimeoutMs: 10_000,
  webhookAttempts: 8,
  webhookBackoffMs: 500,
  idempotencyTtlMs: 24 * 3600 * 1000,
  searchLagMs: 2000,
  refundSettleMs: 2000,
  now: Date.now,
};

export function settingsOf(options: SandboxOptions): Settings {
  return { ...DEFAULTS, ...options };
}
