import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { picksTests } from '../../tools/test/arguments.js';
import { summarise } from '../../tools/test/summary.js';

describe('picksTests', () => {
  it.each([
    [[]],
    [['--randomize']],
    [['--randomize', '--seed', '7']],
    [['-w', '50%']],
    [['--verbose', '--maxWorkers=2']],
  ])('runs everything with %j', (args) => {
    expect(picksTests(args)).toBe(false);
  });

  it.each([
    [['test/e2e']],
    [['--randomize', 'orders']],
    [['-t', 'refuses']],
    [['--testNamePattern=refuses']],
    [['--selectProjects=unit']],
    [['--onlyChanged']],
  ])('runs a part with %j', (args) => {
    expect(picksTests(args)).toBe(true);
  });
});

describe('summarise', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'holdfast-summary-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function resultsWith(numbers: object): string {
    const file = join(folder, 'results.json');
    const none = {
      numPassedTests: 0,
      numFailedTests: 0,
      numPendingTests: 0,
      numTodoTests: 0,
      numRuntimeErrorTestSuites: 0,
    };
    writeFileSync(file, JSON.stringify({ ...none, ...numbers }));
    return file;
  }

  it('counts a file that could not be loaded as a failure', () => {
    const file = resultsWith({ numPassedTests: 12, numFailedTests: 1, numRuntimeErrorTestSuites: 2 });

    expect(summarise(file)).toBe('12 passed, 3 failed');
  });

  it('names skipped tests when there are any', () => {
    const file = resultsWith({ numPassedTests: 3, numPendingTests: 1, numTodoTests: 1 });

    expect(summarise(file)).toBe('3 passed, 0 failed, 2 skipped');
  });

  it('refuses a file that is not from Jest', () => {
    const file = join(folder, 'results.json');
    writeFileSync(file, '{"success":true}');

    expect(() => summarise(file)).toThrow('numPassedTests');
  });
});
