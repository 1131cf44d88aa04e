import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tellWatchdog } from '../../tools/process/watchdog.js';
import type { CartPlan, LoadJob, LoadReport } from '../load/job.js';
import { type LoadProcess, startLoadProcess } from '../load/load-process.js';
import { CounterReader } from '../measure/database-counters.js';
import type { Measurement } from '../measure/measurement.js';
import { Meter } from '../measure/meter.js';
import { WORKER_ROLE } from './holdfast.js';
import { type BenchServices, startBenchServices } from './services.js';
import type { Secrets, Variant } from './variant.js';

export interface LoadPlan {
  readonly connections: number;
  readonly seconds: number;
  /** Without it as many as fit into the time. */
  readonly orders?: number;
  readonly cart: CartPlan;
  readonly customersPerConnection?: number;
  readonly provider?: LoadJob['provider'];
  readonly expectedRefusals?: readonly string[];
}

/** Everything that scenarios share: the services, the load generator and a folder for logs. */
export class Bench {
  readonly secrets: Secrets = {
    jwtSecret: randomBytes(32).toString('hex'),
    internalKey: randomBytes(24).toString('hex'),
  };
  private readonly readers = new Map<string, CounterReader>();

  private constructor(
    readonly services: BenchServices,
    readonly folder: string,
    private readonly loader: LoadProcess,
  ) {}

  /** Throws where the machine cannot run it: it wants Linux, whose accounts in /proc it reads, and a native Redis. */
  static async start(): Promise<Bench> {
    if (process.platform !== 'linux') throw new Error('The benchmark reads /proc and so runs on Linux alone.');
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
    tellWatchdog({ temporary: folder });
    const services = await startBenchServices();
    await services.execute('bench', `CREATE ROLE ${WORKER_ROLE} SUPERUSER LOGIN`);
    return new Bench(services, folder, startLoadProcess());
  }

  /** Sends load to a variant, for its time or until `enough` settles, and says what it cost. */
  measure(variant: Variant, plan: LoadPlan, enough?: Promise<unknown>): Promise<Measurement> {
    return this.account(variant, () => this.loader.run(this.jobOf(variant, plan), enough));
  }

  /** Says what some work cost a variant, whoever does it. */
  async account(variant: Variant, work: () => Promise<LoadReport>): Promise<Measurement> {
    const meter = new Meter(
      {
        ...{ api: [], worker: [], sandbox: [] },
        ...variant.processes,
        ...{ postgres: [this.services.postgresPid], redis: [this.services.redisPid], load: [this.loader.pid] },
      },
      await this.counters(variant.database),
    );
    return meter.measure(work);
  }

  async counters(database: string): Promise<CounterReader> {
    const known = this.readers.get(database);
    if (known) return known;
    const reader = await CounterReader.open(this.services.databaseUrl(database));
    this.readers.set(database, reader);
    return reader;
  }

  async stop(): Promise<void> {
    for (const reader of this.readers.values()) await reader.close().catch(() => undefined);
    await this.loader.stop();
    await this.services.stop();
    rmSync(this.folder, { recursive: true, force: true });
    tellWatchdog({ removed: this.folder });
  }

  private jobOf({ ports }: Variant, plan: LoadPlan): LoadJob {
    return {
      ...this.secrets,
      ports,
      connections: plan.connections,
      seconds: plan.seconds,
      orders: plan.orders ?? Number.MAX_SAFE_INTEGER,
      provider: plan.provider ?? 'manual',
      cart: plan.cart,
      customersPerConnection: plan.customersPerConnection ?? 100,
      customerPrefix: `buyer_${randomBytes(4).toString('hex')}`,
      expectedRefusals: plan.expectedRefusals ?? [],
    };
  }
}
