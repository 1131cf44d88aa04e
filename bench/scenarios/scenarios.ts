import { background } from './background.scenario.js';
import { fullFlow } from './full-flow.scenario.js';
import { growth } from './growth.scenario.js';
import { hotProduct } from './hot-product.scenario.js';
import { processes } from './processes.scenario.js';
import { relay } from './relay.scenario.js';
import type { Scenario } from './scenario.js';
import { sellOut } from './sell-out.scenario.js';
import { soak } from './soak.scenario.js';
import { stripe } from './stripe.scenario.js';

/** All scenarios, by the name that the command line takes. */
export const SCENARIOS: ReadonlyMap<string, Scenario> = new Map([
  ['full-flow', fullFlow],
  ['hot-product', hotProduct],
  ['sell-out', sellOut],
  ['stripe', stripe],
  ['background', background],
  ['relay', relay],
  ['growth', growth],
  ['processes', processes],
  ['soak', soak],
]);
