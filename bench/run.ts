import 'reflect-metadata';
import { relative } from 'node:path';
import { stopEverything, stopOnSignals } from '../tools/start/shutdown.js';
import { type Command, readCommand, usage, UsageError } from './command-line.js';
import { printed } from './report/print.js';
import { writeResults } from './report/result-file.js';
import { type Finding, isMet, type Scenario, type ScenarioContext } from './scenarios/scenario.js';
import { SCENARIOS } from './scenarios/scenarios.js';
import { Bench } from './shop/bench.js';

const INTERRUPTED = 130;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A scenario that breaks off is a target missed: what the others find is worth having. */
async function find(scenario: Scenario, context: ScenarioContext): Promise<Finding> {
  try {
    return await scenario.run(context);
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { rows: {}, targets: [], broken: [`the scenario did not come to its end: ${reason}`] };
  }
}

async function carryOut({ quick, scenarios }: Command): Promise<number> {
  const leftOut = [...SCENARIOS.keys()].filter((name) => !scenarios.has(name));
  const startedAt = new Date();
  const bench = await Bench.start();
  const findings: Record<string, Finding> = {};
  try {
    say(bench.services.description);
    if (leftOut.length > 0) say(`Left out: ${leftOut.join(', ')}`);
    for (const [name, scenario] of scenarios) {
      say(`\n${name}: ${scenario.summary}`);
      findings[name] = await find(scenario, { bench, quick, say: (line) => say(`        ${line}`) });
      say(printed(findings[name]));
    }
  } finally {
    await bench.stop();
  }
  const file = writeResults({ quick, startedAt, services: bench.services.description, findings });
  say(
    `${((Date.now() - startedAt.getTime()) / 1_000).toFixed(0)} s. Everything is in ${relative(process.cwd(), file)}.`,
  );
  return Object.values(findings).every(({ targets, broken }) => targets.every(isMet) && broken.length === 0) ? 0 : 1;
}

async function main(): Promise<number> {
  try {
    const command = readCommand(process.argv.slice(2), SCENARIOS);
    if (command) return await carryOut(command);
    say(usage(SCENARIOS));
    return 0;
  } catch (error) {
    if (error instanceof UsageError) process.stderr.write(`${error.message}\n\n${usage(SCENARIOS)}`);
    else process.stderr.write(`The benchmark failed: ${error instanceof Error ? error.stack : String(error)}\n`);
    return 2;
  }
}

stopOnSignals(say, () => process.exit(INTERRUPTED));
process.exitCode = await main();
await stopEverything(say);
process.exit();
