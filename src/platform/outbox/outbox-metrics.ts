import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { Database } from '../database/index.js';
import { Metrics } from '../observability/metrics.js';

const LONGEST_WAIT_MS = 2_000;
const WAITING = ['pending', 'sending', 'dead'] as const;

interface Reading {
  readonly pending: number;
  readonly sending: number;
  readonly dead: number;
  readonly oldestSeconds: number;
  readonly published: number;
}

const READING = `
  SELECT count(*) FILTER (WHERE status = 'pending') AS pending, count(*) FILTER (WHERE status = 'sending') AS sending,
         count(*) FILTER (WHERE status = 'dead') AS dead,
         coalesce(extract(epoch FROM now() - min(created_at) FILTER (WHERE status <> 'dead')), 0)::float8 AS oldest_seconds,
         (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM outbox_position_seq) AS published
  FROM outbox_events WHERE status IN ('pending', 'sending', 'dead')`;

/**
 * How far the outbox has come, as the database knows it: the worker, which does the work, serves no port. Read once for each
 * scrape; while the database is away the values are not a number.
 */
@Injectable()
export class OutboxMetrics {
  private reading: Promise<Reading | undefined> | undefined;

  constructor(
    private readonly database: Database,
    { registry }: Metrics,
  ) {
    const read = (): Promise<Reading | undefined> => this.read();
    new Gauge({
      name: 'holdfast_outbox_events',
      help: 'Events that are not yet in the feed (pending), not yet taken by a broker (sending), or given up (dead).',
      labelNames: ['status'],
      registers: [registry],
      async collect() {
        const reading = await read();
        for (const status of WAITING) this.set({ status }, reading?.[status] ?? Number.NaN);
      },
    });
    new Gauge({
      name: 'holdfast_outbox_oldest_seconds',
      help: 'Age of the oldest event that waits; 0 where none does.',
      registers: [registry],
      async collect() {
        this.set((await read())?.oldestSeconds ?? Number.NaN);
      },
    });
    new Counter({
      name: 'holdfast_outbox_published_total',
      help: 'Events that were put into the feed.',
      registers: [registry],
      async collect() {
        const reading = await read();
        // Counters only rise: without an answer it stays where it was.
        if (!reading) return;
        this.reset();
        this.inc(reading.published);
      },
    });
  }

  /** One question for all that is asked at once. */
  private read(): Promise<Reading | undefined> {
    this.reading ??= this.ask().finally(() => (this.reading = undefined));
    return this.reading;
  }

  private async ask(): Promise<Reading | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), LONGEST_WAIT_MS)));
    try {
      const reading = this.database.read<Reading>(READING).then(([row]) => row);
      return await Promise.race([reading, late]);
    } catch {
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }
}
