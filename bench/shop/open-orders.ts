import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BenchServices } from './services.js';
import { WEBHOOK_SECRET } from './sandbox.js';

const OPEN_ORDERS = readFileSync(fileURLToPath(new URL('./open-orders.sql', import.meta.url)), 'utf8');
const MARKS = { manual: '1', stripe: '2' } as const;

/**
 * Puts orders that wait for their money into a database with a catalogue that nobody has sold from yet: of `manual` ones the
 * stock is held, of `stripe` ones an intent is open as well. Each provider once for a database.
 */
export async function seedOpenOrders(
  services: Pick<BenchServices, 'execute'>,
  database: string,
  provider: keyof typeof MARKS,
  count: number,
): Promise<void> {
  await services.execute(
    database,
    'BEGIN',
    `SELECT set_config('bench.count', '${count}', true), set_config('bench.provider', '${provider}', true),
       set_config('bench.mark', '${MARKS[provider]}', true)`,
    OPEN_ORDERS,
    'COMMIT',
    'VACUUM ANALYZE',
  );
}

export interface OpenIntent {
  readonly intent: string;
  readonly payment: string;
  readonly order: string;
  readonly total: string;
}

/** The open intents of {@link seedOpenOrders}. */
export function openIntents(services: Pick<BenchServices, 'query'>, database: string): Promise<OpenIntent[]> {
  return services.query<OpenIntent>(
    database,
    `SELECT provider_payment_id AS intent, id AS payment, order_id AS order, amount::text AS total FROM payments
     WHERE provider_payment_id LIKE 'pi_${MARKS.stripe}%' AND status = 'requires_action' ORDER BY id`,
  );
}

export interface SignedWebhook {
  readonly body: string;
  /** The header line, signed at the time that is given (https://docs.stripe.com/webhooks/signature). */
  readonly signature: string;
}

/** What Stripe tells once a buyer has paid. */
export function paidWebhook({ intent, payment, order, total }: OpenIntent, now: Date): SignedWebhook {
  const seconds = Math.floor(now.getTime() / 1_000);
  const amount = Number(total);
  const body = JSON.stringify({
    id: `evt_of_${intent}`,
    object: 'event',
    api_version: '2026-10-28.endive',
    created: seconds,
    type: 'payment_intent.succeeded',
    data: {
      object: {
        ...{ id: intent, object: 'payment_intent', status: 'succeeded', amount, amount_received: amount },
        ...{ currency: 'usd', metadata: { order_id: order, payment_id: payment }, last_payment_error: null },
      },
    },
  });
  const digest = createHmac('sha256', WEBHOOK_SECRET).update(`${seconds}.${body}`).digest('hex');
  return { body, signature: `Stripe-Signature: t=${seconds},v1=${digest}\r\n` };
}
