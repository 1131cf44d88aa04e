import { fullFlow } from './full-flow.scenario.js';
import type { Scenario } from './scenario.js';

/** All scenarios, by the name that the command line takes. */
export const SCENARIOS: ReadonlyMap<string, Scenario> = new Map([['full-flow', fullFlow]]);
