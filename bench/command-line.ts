import { parseArgs } from 'node:util';
import type { Scenario } from './scenarios/scenario.js';

export class UsageError extends Error {}

export interface Command {
  readonly quick: boolean;
  readonly scenarios: ReadonlyMap<string, Scenario>;
}

/** What the command line asks for; undefined where it asks for help. Throws UsageError. */
export function readCommand(args: readonly string[], known: ReadonlyMap<string, Scenario>): Command | undefined {
  const { quick = false, scenario = [], help } = parse(args);
  if (help === true) return undefined;
  const chosen = new Map<string, Scenario>();
  for (const name of scenario) {
    const found = known.get(name);
    if (!found) throw new UsageError(`There is no scenario "${name}".`);
    chosen.set(name, found);
  }
  if (chosen.size > 0) return { quick, scenarios: chosen };
  return { quick, scenarios: quick ? new Map([...known].filter(([, { quick: short }]) => short)) : known };
}

export function usage(known: ReadonlyMap<string, Scenario>): string {
  const lines = [...known].map(
    ([name, { summary, quick }]) => `  ${name}${quick ? ' (quick)' : ''}\n      ${summary}\n`,
  );
  return `Usage: npm run bench [-- --quick] [-- --scenario <name> …]
Measures the service on a durable PostgreSQL and a native Redis of its own. Without names: all scenarios, or the quick ones.
Exit code 0: every target was met and the audit is clean. 1: something was missed. 2: the benchmark itself failed.

${lines.join('')}`;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean' },
        scenario: { type: 'string', multiple: true },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
