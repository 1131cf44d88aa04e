import { spawnSync } from 'node:child_process';

/** What V8 says of its collections while a process runs this code. */
function collectionsOf(code: string): string {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--trace-gc', '--import', 'tsx', '--input-type=module', '--eval', code],
    { encoding: 'utf8' },
  );
  expect(status).toBe(0);
  return stdout;
}

describe('a small heap', () => {
  it('begins with all that starting left behind collected, and leaves nobody the means to do so', () => {
    const code = `import { collectAll } from './src/small-heap.ts';
      collectAll();
      if (globalThis.gc) process.exit(1);`;
    expect(collectionsOf(code)).toMatch(/Mark-Compact/);
  });

  it('is not collected by being asked for', () => {
    expect(collectionsOf("import './src/small-heap.ts';")).not.toMatch(/Mark-Compact/);
  });
});
