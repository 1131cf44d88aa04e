import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { configShape } from '../../../src/platform/config/config.schema.js';
import { envExample } from '../../../tools/docs/env-example.js';

const file = readFileSync(join(__dirname, '../../../.env.example'), 'utf8');

describe('.env.example', () => {
  it('lists exactly the variables of the schema, with their defaults and meanings', () => {
    expect(file).toBe(envExample());
  });

  it('names each variable once, with a comment above it', () => {
    const names = [...file.matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name);

    expect(names).toEqual(Object.keys(configShape));
    for (const schema of Object.values(configShape)) expect(schema.description).toMatch(/\S/);
  });

  it('sets nothing, so that a copy of it changes nothing and leaks nothing', () => {
    expect([...new Set(Object.values(parseEnv(file)))]).toEqual(['']);
  });
});
