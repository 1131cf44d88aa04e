import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Metrics } from '../../platform/observability/index.js';
import { COMPARED_OBJECTS } from '../domain/difference.js';
import { ReconciliationStateQuery } from '../queries/reconciliation-state.query.js';

/**
 * What is measured about the comparison of the books. The worker that compares serves no port, so each API process reads it
 * from the database when it is scraped; while PostgreSQL is away the values are missing, and the scrape succeeds.
 */
@Injectable()
export class ReconciliationGauges {
  constructor({ registry }: Metrics, state: ReconciliationStateQuery) {
    new Gauge({
      name: 'holdfast_reconciliation_open_differences',
      help: 'Disagreements between our books and Stripe that are not resolved.',
      labelNames: ['object'],
      registers: [registry],
      async collect() {
        this.reset();
        const open = await state.countOpen().catch(() => undefined);
        for (const object of open ? COMPARED_OBJECTS : []) this.labels(object).set(open?.[object] ?? 0);
      },
    });
    new Gauge({
      name: 'holdfast_reconciliation_done_until_timestamp_seconds',
      help: 'Up to when payments and refunds (books) and webhook events (events) were compared with Stripe.',
      labelNames: ['task'],
      registers: [registry],
      async collect() {
        this.reset();
        const progress = await state.findProgress().catch(() => []);
        for (const { task, doneUntil } of progress) this.labels(task).set(doneUntil.getTime() / 1_000);
      },
    });
  }
}
