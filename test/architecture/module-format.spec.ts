import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(import.meta.dirname, '../..');
const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
  fs.readFileSync(path.join(root, 'package.json'), 'utf8'),
);

/** Pages and pictures that a server hands out; there is nothing to load. */
const WITHOUT_CODE: ReadonlySet<string> = new Set(['@bull-board/ui']);

describe('modules under Jest', () => {
  it.each(Object.keys(dependencies).filter((name) => !WITHOUT_CODE.has(name)))(
    'loads %s, whatever module format it ships',
    async (name) => {
      const loaded: object = await import(name);

      expect(Object.keys(loaded).length).toBeGreaterThan(0);
    },
  );

  it('keeps import.meta.url, dirname and filename of a source file', () => {
    const here = path.join(root, 'test/architecture/module-format.spec.ts');

    expect(fileURLToPath(import.meta.url)).toBe(here);
    expect(import.meta.filename).toBe(here);
    expect(import.meta.dirname).toBe(path.dirname(here));
  });
});
