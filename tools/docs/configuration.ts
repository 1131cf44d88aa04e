import { z } from 'zod';
import { configShape } from '../../src/platform/config/config.schema.js';
import { code, generatedNotice, table } from './markdown.js';

/** docs/configuration.md: every environment variable that the service reads. */
export function configurationPage(shape: Readonly<Record<string, z.ZodType>> = configShape): string {
  const rows = Object.entries(shape).map(([name, schema]) => [code(name), schema.description ?? '', defaultOf(schema)]);
  return [
    generatedNotice('src/platform/config/config.schema.ts'),
    '# Configuration',
    'The environment is read once, when a process starts. All faults are listed at once, and the process exits with code 78 before it takes a request. An empty variable counts as absent.',
    table(['Variable', 'Meaning', 'Default'], rows),
  ].join('\n\n');
}

/** What an absent variable becomes; `required` where there is nothing for it to become. */
function defaultOf(schema: z.ZodType): string {
  const parsed = schema.safeParse(undefined);
  if (!parsed.success) return 'required';
  const { data }: { data?: unknown } = parsed;
  if (data === undefined) return 'none';
  const text = Array.isArray(data) ? data.join(',') : JSON.stringify(data).replaceAll('"', '');
  return text === '' ? 'empty' : code(text);
}
