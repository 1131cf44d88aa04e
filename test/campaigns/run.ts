import 'reflect-metadata';
import { stopEverything, stopOnSignals } from '../../tools/start/shutdown.js';
import type { CampaignReport } from './campaign.js';
import { CAMPAIGNS } from './campaigns.js';
import { type Command, readCommand, usage, UsageError } from './command-line.js';
import { startEmbeddedServices } from './embedded-services.js';

const INTERRUPTED = 130;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function carryOut({ name, campaign, options }: Command): Promise<number> {
  const started = Date.now();
  const seconds = (): string => ((Date.now() - started) / 1_000).toFixed(1);
  const repeat = Object.keys(campaign.defaults).map((option) => `--${option} ${String(Reflect.get(options, option))}`);
  say(`${name}: ${campaign.summary}`);
  const services = await startEmbeddedServices(campaign.durable);
  try {
    say(`${seconds().padStart(6)} s  ${services.description}`);
    const report = await campaign.run(
      { ...services, say: (line) => say(`${seconds().padStart(6)} s  ${line}`) },
      options,
    );
    summarise(report);
    say(`${seconds()} s. To repeat: npm run campaign -- ${name} ${repeat.join(' ')} --seed ${options.seed}`);
    return report.violations.length === 0 ? 0 : 1;
  } finally {
    await services.stop();
  }
}

function summarise({ counts, checked, violations }: CampaignReport): void {
  say('');
  for (const [name, count] of Object.entries(counts)) say(`${String(count).padStart(8)}  ${name}`);
  say('');
  const broken = new Set(violations.map(({ rule }) => rule));
  for (const rule of checked) say(`${broken.has(rule) ? 'BROKEN' : 'ok    '}  ${rule}`);
  for (const { rule, evidence } of violations) say(`BROKEN  ${rule}\n          ${JSON.stringify(evidence)}`);
  say(violations.length === 0 ? '\nEvery promise held.' : `\n${violations.length} violations.`);
}

async function main(): Promise<number> {
  try {
    const command = readCommand(process.argv.slice(2), CAMPAIGNS);
    if (command) return await carryOut(command);
    process.stdout.write(usage(CAMPAIGNS));
    return 0;
  } catch (error) {
    if (error instanceof UsageError) process.stderr.write(`${error.message}\n\n${usage(CAMPAIGNS)}`);
    else process.stderr.write(`The campaign failed: ${error instanceof Error ? error.stack : String(error)}\n`);
    return 2;
  }
}

stopOnSignals(say, () => process.exit(INTERRUPTED));
process.exitCode = await main();
await stopEverything(say);
// Clients of a service that was killed may still hold sockets and timers; nothing is left to wait for.
process.exit();
