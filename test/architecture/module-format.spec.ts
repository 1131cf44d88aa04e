import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(import.meta.dirname, '../..');
const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
  fs.readFileSync(path.join(root, 'package.json'), 'utf8'),
);

describe('modules under Jest', () => {
  it.each(Object.keys(dependencies))('loads %s, whatever module format it ships', async (name) => {
    const loaded: object = await import(name);

    expect(Object.keys(loaded).length).toBeGreaterThan(0);
  });

  it('keeps import.meta.url, dirname and filename of a source file', () => {
    const here = path.join(root, 'test/architecture/module-format.spec.ts');

    expect(fileURLToPath(import.meta.url)).toBe(here);
    expect(import.meta.filename).toBe(here);
    expect(import.meta.dirname).toBe(path.dirname(here));
  });
});
