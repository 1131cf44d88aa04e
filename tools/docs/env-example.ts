import type { z } from 'zod';
import { configShape } from '../../src/platform/config/config.schema.js';
import { defaultOf } from './configuration.js';

const HEAD = `# Every variable that Holdfast reads. Generated from src/platform/config/config.schema.ts by \`npm run docs\`.
# Copy this file to .env and fill in what you need. What stays empty or commented out has the default that is shown;
# \`npm start\` brings its own database, Redis, Stripe sandbox and secrets. In production there is no default secret.
`;

/** .env.example: what a variable means, and its default as a comment, so that a copy of the file changes nothing. */
export function envExample(shape: Readonly<Record<string, z.ZodType>> = configShape): string {
  const entries = Object.entries(shape).map(
    ([name, schema]) => `# ${schema.description ?? ''}\n${assignment(name, schema)}\n`,
  );
  return [HEAD, ...entries].join('\n');
}

function assignment(name: string, schema: z.ZodType): string {
  const { kind, text } = defaultOf(schema);
  return kind === 'value' ? `# ${name}=${text}` : `${name}=`;
}
