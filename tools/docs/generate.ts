// Writes the pages of docs/ that are made from code. With --check it writes nothing and fails when one of them is stale.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { projectRoot } from '../process/run-script.js';
import { acceptancePage } from './acceptance.js';
import { configurationPage } from './configuration.js';
import { envExample } from './env-example.js';
import { errorsPage } from './errors.js';
import { eventsPage } from './events.js';
import { kafkaPage } from './kafka.js';
import { orderLifecyclePage } from './order-lifecycle.js';

const PAGES: Readonly<Record<string, () => string | Promise<string>>> = {
  '.env.example': envExample,
  'docs/acceptance.md': acceptancePage,
  'docs/configuration.md': configurationPage,
  'docs/errors.md': errorsPage,
  'docs/events.md': eventsPage,
  'docs/kafka.md': kafkaPage,
  'docs/order-lifecycle.md': orderLifecyclePage,
};

async function render(file: string, page: () => string | Promise<string>): Promise<string> {
  const text = await page();
  if (!file.endsWith('.md')) return text;
  const options = await resolveConfig(join(projectRoot, file));
  return format(text, { ...options, parser: 'markdown' });
}

async function generate(checkOnly: boolean): Promise<void> {
  const stale: string[] = [];
  for (const [file, page] of Object.entries(PAGES)) {
    const path = join(projectRoot, file);
    const text = await render(file, page);
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    stale.push(file);
    if (!checkOnly) writeFileSync(path, text);
  }
  if (!checkOnly) {
    console.log(stale.length === 0 ? 'The generated pages are current.' : `Wrote ${stale.join(', ')}`);
  } else if (stale.length > 0) {
    console.error(`Stale, run \`npm run docs\`: ${stale.join(', ')}`);
    process.exitCode = 1;
  }
}

await generate(process.argv.includes('--check'));
