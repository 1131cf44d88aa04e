import { newId } from '../../src/kernel/id.js';
import { PublishEvents } from '../../src/platform/outbox/index.js';
import { DeliverDue } from '../../src/webhooks/outbound/use-cases/deliver-due.use-case.js';
import type { TestApi } from './api.js';
import { writeEvent } from './outbox.js';

const MOST_ROUNDS = 200;

export interface MadeEndpoint {
  readonly id: string;
  readonly secret: string;
}

export interface DeliveryRow {
  readonly id: string;
  readonly event_id: string;
  readonly version: number;
  readonly status: string;
  readonly attempts: number;
  readonly response_status: number | null;
  readonly last_error: string | null;
}

/** An endpoint made over HTTP as an admin would. */
export async function makeEndpoint(api: TestApi, url: string, members: object = {}): Promise<MadeEndpoint> {
  const { body } = await api
    .admin()
    .post('/v1/admin/webhook-endpoints', { url, ...members })
    .expect(201);
  return { id: body.id, secret: body.secret };
}

/** Events of one subject from version `first` to `last`, as a change of it would write them. */
export async function writeEvents(api: TestApi, subject: string, last: number, first = 1): Promise<string[]> {
  const ids: string[] = [];
  for (let version = first; version <= last; version += 1) {
    ids.push(await writeEvent(api.database.query, subject, version));
  }
  return ids;
}

export const newSubject = (): string => newId('ord');

/** What the worker does: publishes, and sends until nothing is due any more. */
export async function deliverAll(api: TestApi): Promise<void> {
  await api.app.get(PublishEvents, { strict: false }).execute();
  const deliverDue = api.app.get(DeliverDue, { strict: false });
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    if ((await deliverDue.execute()) === 0) return;
    await deliverDue.idle();
  }
  throw new Error(`there is still something to deliver after ${MOST_ROUNDS} rounds`);
}

/** Makes everything due that waits for its time, as the passing of time would. */
export async function passTime(api: TestApi): Promise<void> {
  await api.database.query(`UPDATE webhook_deliveries SET next_attempt_at = now() WHERE status = 'pending'`);
  await api.database.query('UPDATE webhook_endpoints SET paused_until = NULL');
}

/** The deliveries to an endpoint by the order in which they were made. */
export function deliveriesTo(api: TestApi, endpointId: string): Promise<DeliveryRow[]> {
  return api.database.query<DeliveryRow>(
    `SELECT id, event_id, version, status, attempts, response_status, last_error FROM webhook_deliveries
     WHERE endpoint_id = $1 ORDER BY id`,
    [endpointId],
  );
}
