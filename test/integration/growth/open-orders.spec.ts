import pg from 'pg';
import Stripe from 'stripe';
import { seedCatalogue } from '../../../bench/shop/catalogue.js';
import { openIntents, paidWebhook, seedOpenOrders } from '../../../bench/shop/open-orders.js';
import { WEBHOOK_SECRET } from '../../../bench/shop/sandbox.js';
import type { BenchServices } from '../../../bench/shop/services.js';
import { PUNCTUALITY } from '../../../src/invariants.js';
import { useOwnDatabase } from '../../support/database.js';
import { expectSettled } from '../../support/invariants.js';

describe('orders that wait for their money', () => {
  const own = useOwnDatabase();
  const connected = async <Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> => {
    const client = new pg.Client({ connectionString: own.url });
    await client.connect();
    return work(client).finally(() => client.end());
  };
  const services: Pick<BenchServices, 'execute' | 'query'> = {
    execute: (_, ...statements) =>
      connected(async (client) => {
        for (const statement of statements) await client.query(statement);
      }),
    query: <Row extends object>(_: string, text: string) =>
      connected(async (client) => (await client.query<Row>(text)).rows),
  };

  beforeAll(async () => {
    await seedCatalogue(services, '', 3, 1_000);
    await seedOpenOrders(services, '', 'manual', 20);
    await seedOpenOrders(services, '', 'stripe', 10);
  });

  it('obey every rule of the audit', async () => {
    await expectSettled(own.dataSource);
    for (const text of Object.values(PUNCTUALITY)) expect(await own.dataSource.query(text)).toEqual([]);
    expect(await own.dataSource.query('SELECT sum(reserved)::integer AS held FROM stock_levels')).toEqual([
      { held: 30 },
    ]);
  });

  it('have intents of which Stripe can tell that they were paid', async () => {
    const intents = await openIntents(services, '');
    const { body, signature } = paidWebhook(oneOf(intents), new Date());

    expect(intents).toHaveLength(10);
    const header = signature.slice('Stripe-Signature: '.length).trim();
    const told = new Stripe('sk_test_none').webhooks.constructEvent(body, header, WEBHOOK_SECRET);
    expect(told).toMatchObject({
      type: 'payment_intent.succeeded',
      data: { object: { id: intents[0]?.intent, metadata: { order_id: intents[0]?.order } } },
    });
  });
});

function oneOf<Item>([first]: readonly Item[]): Item {
  if (first === undefined) throw new Error('there is none');
  return first;
}
