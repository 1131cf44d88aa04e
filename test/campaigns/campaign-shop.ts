import { randomBytes } from 'node:crypto';
import type { Config } from '../../src/platform/config/index.js';
import { addProduct, type ProductOptions, type TestProduct } from '../support/products.js';
import { prepareSystem, type TestSystem } from '../support/processes.js';
import type { CampaignContext, CampaignOptions, CampaignReport } from './campaign.js';
import { Caller } from './caller.js';
import { DatabaseRows } from './database-rows.js';
import { Gate } from './gate.js';
import { withProgress } from './progress.js';
import { SandboxAccount } from './sandbox-account.js';
import { Tally } from './tally.js';

/** The running service, and everybody who has to do with it. */
export interface CampaignShop {
  readonly system: TestSystem;
  readonly rows: DatabaseRows;
  readonly stripe: SandboxAccount;
  readonly tally: Tally;
  readonly webhookSecret: string;
  /** A new customer, who has neither cart nor orders. */
  customer(): Caller;
  admin(): Caller;
  /** Another service of the shop's owner. */
  internal(): Caller;
  product(options: ProductOptions): Promise<TestProduct>;
}

type Work = (shop: CampaignShop) => Promise<void>;
type Settings = Readonly<Partial<Record<keyof Config, string>>>;

/** Starts API and worker as processes, does the work, and stops them whatever came of it. */
export async function inShop(
  context: CampaignContext,
  { concurrency, repeatEveryMs = 250 }: Pick<CampaignOptions, 'concurrency'> & { readonly repeatEveryMs?: number },
  config: Settings,
  work: Work,
): Promise<CampaignReport> {
  const tally = new Tally(context.say);
  const rows = new DatabaseRows(context.databaseUrl);
  const webhookSecret = `whsec_${randomBytes(24).toString('hex')}`;
  const internalKey = randomBytes(24).toString('hex');
  const system = await prepareSystem({
    ...context,
    config: { STRIPE_WEBHOOK_SECRET: webhookSecret, SVC_INTERNAL_KEY: internalKey, ...config },
  });
  const gate = new Gate(concurrency);
  const callerOf = ({ id, headers }: { readonly id: string; readonly headers: Readonly<Record<string, string>> }) =>
    new Caller(id, system.url, headers, { gate, tally, repeatEveryMs });
  try {
    await Promise.all([system.api.start(), system.worker.start()]);
    const shop: CampaignShop = {
      ...{ system, rows, tally, webhookSecret, stripe: new SandboxAccount(system.sandbox.url) },
      customer: () => callerOf(system.customer()),
      admin: () => callerOf(system.admin()),
      internal: () => callerOf({ id: 'internal', headers: { 'X-Internal-Key': internalKey } }),
      product: (options) => addProduct(rows.query, options),
    };
    await withProgress(
      context.say,
      () => tally.line,
      () => work(shop),
    );
    return tally.report();
  } finally {
    await system.close();
    await rows.close();
  }
}
