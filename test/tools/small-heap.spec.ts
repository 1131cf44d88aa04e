import { spawnSync } from 'node:child_process';

const ASKED_FOR = /Mark-Compact .* testing/;

/** What V8 says of its collections while a process runs this code; one that was asked for is there for `testing`. */
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
    expect(collectionsOf(code)).toMatch(ASKED_FOR);
  });

  it('is left to V8 where nobody says that it has started', () => {
    expect(collectionsOf("import './src/small-heap.ts';")).not.toMatch(ASKED_FOR);
  });
});
