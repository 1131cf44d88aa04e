import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { Campaign, CampaignOptions } from './campaign.js';

const LARGEST = 1_000_000;
const COUNTS = ['orders', 'kills', 'rounds', 'concurrency'] as const;

export class UsageError extends Error {}

export interface Command {
  readonly name: string;
  readonly campaign: Campaign;
  readonly options: CampaignOptions;
}

/** What the command line asks for; undefined where it asks for help. Throws UsageError. */
export function readCommand(args: readonly string[], campaigns: ReadonlyMap<string, Campaign>): Command | undefined {
  const { values, positionals } = parse(args);
  if (values['help'] === true) return undefined;
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0) throw new UsageError('Name one campaign.');
  const campaign = campaigns.get(name);
  if (!campaign) throw new UsageError(`There is no campaign "${name}".`);
  return { name, campaign, options: optionsOf(campaign, values) };
}

export function usage(campaigns: ReadonlyMap<string, Campaign>): string {
  const lines = [...campaigns].map(([name, { summary, defaults }]) => {
    const options = Object.entries(defaults).map(([option, value]) => `--${option} ${value}`);
    return `  ${name}\n      ${summary}\n      ${[...options, '--seed <random>'].join(' ')}\n`;
  });
  return `Usage: npm run campaign -- <name> [--orders N] [--kills N] [--rounds N] [--concurrency N] [--seed S]
Runs the service against its own PostgreSQL, Redis and Stripe sandbox and tries to break a promise of it.
Exit code 0: every promise held. 1: one did not, and the evidence is printed. 2: the campaign itself failed.

${lines.join('')}`;
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { orders: text, kills: text, rounds: text, concurrency: text, seed: text, help: { type: 'boolean' } },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function optionsOf({ defaults }: Campaign, values: Readonly<Record<string, string | boolean | undefined>>) {
  const options = { orders: 0, kills: 0, rounds: 0, concurrency: 0, ...defaults, seed: randomInt(2 ** 31) };
  for (const name of COUNTS) {
    const text = values[name];
    if (text === undefined) continue;
    if (defaults[name] === undefined) throw new UsageError(`This campaign takes no --${name}.`);
    options[name] = positive(name, text);
  }
  if (values['seed'] !== undefined) options.seed = positive('seed', values['seed'], 2 ** 31);
  return options;
}

function positive(name: string, text: string | boolean, largest = LARGEST): number {
  const value = typeof text === 'string' && /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > largest) throw new UsageError(`--${name} is a whole number from 1 to ${largest}.`);
  return value;
}
