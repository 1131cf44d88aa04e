import { z } from 'zod';
import { configShape } from '../../src/platform/config/config.schema.js';
import { code, generatedNotice, table } from './markdown.js';

/** docs/configuration.md: every environment variable that the service reads. */
export function configurationPage(shape: Readonly<Record<string, z.ZodType>> = configShape): string {
  const rows = Object.entries(shape).map(([name, schema]) => [
    code(name),
    schema.description ?? '',
    shown(defaultOf(schema)),
  ]);
  return [
    generatedNotice('src/platform/config/config.schema.ts'),
    '# Configuration',
    'The environment is read once, when a process starts. All faults are listed at once, and the process exits with code 78 before it takes a request. An empty variable counts as absent.',
    table(['Variable', 'Meaning', 'Default'], rows),
  ].join('\n\n');
}

export interface Default {
  readonly kind: 'required' | 'none' | 'empty' | 'value';
  /** As it would be written in the environment. */
  readonly text: string;
}

/** What an absent variable becomes; `required` where there is nothing for it to become. */
export function defaultOf(schema: z.ZodType): Default {
  const parsed = schema.safeParse(undefined);
  if (!parsed.success) return { kind: 'required', text: '' };
  const { data }: { data?: unknown } = parsed;
  if (data === undefined) return { kind: 'none', text: '' };
  const text = Array.isArray(data) ? data.join(',') : JSON.stringify(data).replaceAll('"', '');
  return { kind: text === '' ? 'empty' : 'value', text };
}

function shown({ kind, text }: Default): string {
  return kind === 'value' ? code(text) : kind;
}
