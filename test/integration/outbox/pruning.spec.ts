import { randomBytes } from 'node:crypto';
import { loadConfig } from '../../../src/platform/config/index.js';
import { PruneOutbox } from '../../../src/platform/outbox/index.js';
import { OutboxLogRepository } from '../../../src/platform/outbox/outbox-log.repository.js';
import { INVARIANTS } from '../../../src/invariants.js';
import { useService } from '../../acceptance/service.js';
import { order } from '../../support/storefront.js';
import { useOwnDatabase } from '../../support/database.js';
import { relayOn, writeEvent } from '../../support/outbox.js';

const secrets = { JWT_SECRET: randomBytes(32).toString('hex'), SVC_INTERNAL_KEY: randomBytes(16).toString('hex') };

describe('events past their time', () => {
  const own = useOwnDatabase();
  const relay = relayOn(own);
  const query = (text: string, parameters: unknown[] = []) => own.dataSource.query(text, parameters);

  it('are forgotten, and those are kept that somebody still has to see', async () => {
    for (const subject of ['ord_old', 'ord_dead', 'ord_new']) await writeEvent(query, subject, 1);
    await relay.publisher().execute();
    await writeEvent(query, 'ord_waiting', 1);
    const past = `now() - interval '31 days'`;
    await query(`UPDATE outbox_events SET created_at = ${past} WHERE aggregate_id <> 'ord_new'`);
    await query(`UPDATE outbox_events SET published_at = ${past} WHERE aggregate_id IN ('ord_old', 'ord_dead')`);
    await query(`UPDATE outbox_events SET status = 'dead' WHERE aggregate_id = 'ord_dead'`);
    const [old] = await query(`SELECT created_at FROM outbox_events WHERE aggregate_id = 'ord_old'`);
    const config = loadConfig({
      ...secrets,
      DATABASE_URL: own.url,
      REDIS_URL: 'redis://127.0.0.1:1/15',
      EVENT_RETENTION_DAYS: '30',
    });
    const prune = new PruneOutbox(config, own.database, new OutboxLogRepository());

    expect(await prune.execute()).toBe(1);
    expect(await prune.execute()).toBe(0);

    const left = (await relay.rows()).map(({ aggregate_id: subject }) => subject);
    expect(left).toEqual(['ord_dead', 'ord_new', 'ord_waiting']);
    expect(await query('SELECT pruned_before FROM outbox_horizon')).toEqual([{ pruned_before: old.created_at }]);
  });
});

describe('the audit', () => {
  const service = useService({ committed: true });

  const broken = async () => {
    const found: string[] = [];
    for (const [sentence, text] of Object.entries(INVARIANTS)) {
      if ((await service.rows(text)).length > 0) found.push(sentence);
    }
    return found;
  };

  it('misses no event that was forgotten on purpose, and every other', async () => {
    const mug = await service.product({ unitPrice: 2_500 });
    const { body } = await order(service.customer(), [{ product_id: mug, quantity: 1 }], {
      payment_method: 'pm_card_visa',
    });
    await service.rows(`DELETE FROM outbox_events WHERE aggregate_id = $1 AND version = 1`, [body.id]);
    expect(await broken()).toEqual(['the version counts the audit entries and the events']);

    await service.rows('INSERT INTO outbox_horizon (pruned_before) VALUES (now())');
    expect(await broken()).toEqual([]);
    await service.rows(`DELETE FROM outbox_events WHERE aggregate_id = $1`, [body.id]);
    expect(await broken()).toEqual([]);
    await service.rows(`UPDATE outbox_horizon SET pruned_before = now() - interval '2 minutes'`);
    expect(await broken()).toEqual(['the version counts the audit entries and the events']);
  });
});
