import type { ExpireReservations } from '../../src/checkout/use-cases/expire-reservations.use-case.js';
import type { SettlePayments } from '../../src/checkout/use-cases/settle-payments.use-case.js';
import type { createApi } from '../../src/create-api.js';
import type { systemClock } from '../../src/kernel/clock.js';
import type { loadConfig } from '../../src/platform/config/index.js';
import type { SubmitRefunds } from '../../src/refunds/use-cases/submit-refunds.use-case.js';
import type { ProcessEvents } from '../../src/webhooks/inbound/use-cases/process-events.use-case.js';

/** The parts of the service that the tests take in their hands: Jest has them from the sources, a campaign from a build. */
export interface ServiceCode {
  readonly createApi: typeof createApi;
  readonly loadConfig: typeof loadConfig;
  readonly systemClock: typeof systemClock;
  readonly ExpireReservations: typeof ExpireReservations;
  readonly ProcessEvents: typeof ProcessEvents;
  readonly SettlePayments: typeof SettlePayments;
  readonly SubmitRefunds: typeof SubmitRefunds;
}
