import { type Measurement, summarise, type Summary } from '../measure/measurement.js';
import type { LoadPlan } from '../shop/bench.js';
import type { Variant } from '../shop/variant.js';
import type { ScenarioContext } from './scenario.js';

export interface Stretch {
  readonly connections: number;
  readonly seconds: number;
}

/** Something that makes orders, to be measured in turn with others. */
export interface Contestant {
  readonly name: string;
  measure(stretch: Stretch): Promise<Measurement>;
}

/** Several: a busy moment of the machine should spoil one of them at the most. */
const ROUNDS = { quick: 3, full: 5 };
const WARM_UP_SECONDS = 15;

/** A server under a load of this kind. */
export function contestant(
  { bench }: ScenarioContext,
  variant: Variant,
  plan: Omit<LoadPlan, keyof Stretch> & { readonly name?: string },
): Contestant {
  return {
    name: plan.name ?? variant.name,
    measure: (stretch) => bench.measure(variant, { ...plan, ...stretch }),
  };
}

/** Until code is compiled, statements are planned and pages are in memory. */
export async function warmUp(
  context: ScenarioContext,
  contestants: readonly Contestant[],
  connections: number,
): Promise<void> {
  for (const one of contestants) await measureAloud(context, one, { connections, seconds: WARM_UP_SECONDS });
}

/** A B A B, so that what the machine does beside hits all of them. */
export async function inTurn(
  context: ScenarioContext,
  contestants: readonly Contestant[],
  stretch: Stretch,
): Promise<Record<string, Summary>> {
  const measured = new Map<string, Measurement[]>();
  for (let round = 0; round < (context.quick ? ROUNDS.quick : ROUNDS.full); round += 1) {
    for (const one of contestants) {
      const measurement = await measureAloud(context, one, stretch);
      measured.set(one.name, [...(measured.get(one.name) ?? []), measurement]);
    }
  }
  return Object.fromEntries([...measured].map(([name, list]) => [`${name} ${stretch.connections}`, summarise(list)]));
}

async function measureAloud(context: ScenarioContext, one: Contestant, stretch: Stretch): Promise<Measurement> {
  const measurement = await one.measure(stretch);
  const { orders, seconds } = measurement.load;
  context.say(`${one.name}, ${stretch.connections} connections: ${(orders / seconds).toFixed(1)} orders/s`);
  return measurement;
}
