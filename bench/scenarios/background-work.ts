import { sendAll } from '../load/send-all.js';
import type { Bench } from '../shop/bench.js';
import { openIntents, paidWebhook } from '../shop/open-orders.js';
import { authorizationOf } from '../shop/tokens.js';
import type { Variant } from '../shop/variant.js';
import { secondsUntilNone } from '../shop/wait-for-none.js';
import type { Target } from './scenario.js';

export interface WorkPlace {
  readonly bench: Bench;
  readonly shop: Variant;
  /** How many reservations end, and how many webhooks come. */
  readonly orders: number;
  readonly refunds: number;
}

export type Work = (place: WorkPlace) => Promise<{ readonly name: string; readonly targets: readonly Target[] }>;

const LIMIT_SECONDS = 120;
const HELD = "SELECT 1 FROM reservations WHERE status = 'active' AND expires_at < now() LIMIT 1";
export const UNAPPLIED = "SELECT 1 FROM webhook_events WHERE status IN ('received', 'deferred') LIMIT 1";
const UNREFUNDED = "SELECT 1 FROM refunds WHERE status NOT IN ('succeeded', 'failed', 'canceled') LIMIT 1";

/** Nobody rings for them, since they were not reserved by the service: the sweep has to find them. */
export const expireAll: Work = async ({ bench: { services }, shop: { database }, orders }) => {
  await services.execute(
    database,
    `WITH over AS (UPDATE reservations r SET expires_at = now() FROM orders o
       WHERE o.id = r.order_id AND r.status = 'active' AND o.customer_id LIKE 'open\\_1%' RETURNING o.id)
     UPDATE orders SET reservation_expires_at = now() WHERE id IN (SELECT id FROM over)`,
  );
  const seconds = await secondsUntilNone(services.databaseUrl(database), HELD, LIMIT_SECONDS);
  const [row] = await services.query<{ count: number }>(
    database,
    `SELECT count(*)::integer AS count FROM orders o JOIN reservations r ON r.order_id = o.id
     WHERE o.customer_id LIKE 'open\\_1%' AND o.status = 'cancelled' AND r.status = 'expired'`,
  );
  return {
    name: 'expiry',
    targets: [
      { name: 'expiry: until the last reservation was released', value: seconds, limit: { atMost: 10 }, unit: 's' },
      { name: 'expiry: orders cancelled', value: row?.count ?? 0, limit: { exactly: orders }, unit: '' },
    ],
  };
};

export const applyWebhooks: Work = async ({ bench: { services }, shop: { database, ports }, orders }) => {
  const now = new Date();
  const posts = (await openIntents(services, database)).map((intent) => {
    const { body, signature } = paidWebhook(intent, now);
    return { path: '/v1/webhooks/stripe', headers: signature, body };
  });
  const begun = performance.now();
  const takenIn = await sendAll(ports[0] ?? 0, posts, { connections: 32, wanted: 200 });
  await secondsUntilNone(services.databaseUrl(database), UNAPPLIED, LIMIT_SECONDS);
  const applied = (performance.now() - begun) / 1_000;
  const [row] = await services.query<{ count: number }>(
    database,
    "SELECT count(*)::integer AS count FROM orders WHERE customer_id LIKE 'open\\_2%' AND status = 'paid'",
  );
  return {
    name: 'webhooks',
    targets: [
      { name: 'webhooks: until the last one was taken in', value: takenIn, limit: { atMost: 10 }, unit: 's' },
      { name: 'webhooks: until the last one was applied', value: applied, limit: { atMost: 60 }, unit: 's' },
      { name: 'webhooks: orders paid', value: row?.count ?? 0, limit: { exactly: orders }, unit: '' },
    ],
  };
};

export const refundAll: Work = async ({ bench, shop: { database, ports }, refunds }) => {
  const { services, secrets } = bench;
  const admin = await authorizationOf('admin', 'admin', secrets);
  const paid = await services.query<{ id: string }>(
    database,
    `SELECT id FROM orders WHERE provider = 'stripe' AND status = 'paid' AND customer_id NOT LIKE 'open\\_%'
     ORDER BY id LIMIT ${refunds}`,
  );
  const posts = paid.map(({ id }) => ({
    path: `/v1/admin/orders/${id}/refunds`,
    headers: `${admin}Idempotency-Key: refund-${id}\r\n`,
    body: '{}',
  }));
  const begun = performance.now();
  await sendAll(ports[0] ?? 0, posts, { connections: 8, wanted: 202 });
  await secondsUntilNone(services.databaseUrl(database), UNREFUNDED, LIMIT_SECONDS);
  const seconds = (performance.now() - begun) / 1_000;
  const [row] = await services.query<{ count: number }>(
    database,
    "SELECT count(*)::integer AS count FROM orders WHERE status = 'refunded'",
  );
  return {
    name: 'refunds',
    targets: [
      {
        name: 'refunds: orders refunded',
        value: row?.count ?? 0,
        limit: { exactly: refunds },
        unit: '',
        detail: `in ${seconds.toFixed(1)} s`,
      },
    ],
  };
};
