import { join } from 'node:path';
import type { ServiceCode } from './service-code.js';

const FILES = {
  createApi: 'create-api.js',
  loadConfig: 'platform/config/index.js',
  systemClock: 'kernel/clock.js',
  ExpireReservations: 'checkout/use-cases/expire-reservations.use-case.js',
  ProcessEvents: 'webhooks/inbound/use-cases/process-events.use-case.js',
  SettlePayments: 'checkout/use-cases/settle-payments.use-case.js',
  SubmitRefunds: 'refunds/use-cases/submit-refunds.use-case.js',
} as const satisfies Readonly<Record<keyof ServiceCode, string>>;

/** The service out of a build of it, for processes whose loader writes no metadata of decorators. */
export async function builtCode(folder: string): Promise<ServiceCode> {
  const code: ServiceCode = Object.assign(
    {},
    ...(await Promise.all(Object.values(FILES).map((file) => import(join(folder, 'dist', file))))),
  );
  for (const name of Object.keys(FILES)) {
    if (!(name in code)) throw new Error(`the build has no ${name}`);
  }
  return code;
}
