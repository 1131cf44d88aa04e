import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { projectRoot } from '../../tools/process/run-script.js';

const place = z.object({ start: z.object({ line: z.int() }) });
const fileCoverage = z.object({
  branchMap: z.record(z.string(), z.object({ type: z.string(), line: z.int() })),
  b: z.record(z.string(), z.array(z.int())),
  fnMap: z.record(z.string(), z.object({ name: z.string(), line: z.int() })),
  f: z.record(z.string(), z.int()),
  statementMap: z.record(z.string(), place),
  s: z.record(z.string(), z.int()),
});
const report = z.record(z.string(), fileCoverage);

const config = `
import house from '${join(projectRoot, 'jest.config.mjs')}';
const { transform, moduleNameMapper } = house.projects[0];
export default {
  coverageProvider: house.coverageProvider,
  coverageThreshold: house.coverageThreshold,
  coverageReporters: ['json'],
  collectCoverageFrom: house.collectCoverageFrom,
  transform,
  moduleNameMapper,
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
};`;

// Each parameter of a constructor with a decorator is a branch in compiled code: \`typeof Shelf === "undefined" ? ...\`.
const source = `import { Shelf } from './shelf.js';

function kept(target: unknown): void {
  Reflect.set(globalThis, 'kept', target);
}

@kept
export class Clerk {
  constructor(private readonly shelf: Shelf) {}

  answer(wanted: number): string {
    if (wanted > this.shelf.units) return 'no';
    return 'yes';
  }
}
`;

const testOf = (...questions: string[]): string => `
import { Clerk } from './clerk';
import { Shelf } from './shelf';
it('answers', () => { const clerk = new Clerk(new Shelf(2)); ${questions.join(' ')} });`;

describe('the coverage of a run', () => {
  let folder: string;

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-coverage-')));
    write('package.json', '{ "type": "module" }');
    write('jest.config.mjs', config);
    write('src/shelf.ts', 'export class Shelf {\n  constructor(readonly units: number) {}\n}\n');
    write('src/clerk.ts', source);
    symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
    cpSync(join(projectRoot, 'tools/test'), join(folder, 'tools/test'), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function write(file: string, text: string): void {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }

  function run(): { status: number | null; output: string } {
    const jest = join(projectRoot, 'node_modules/jest/bin/jest.js');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [jest, '--coverage', '--cacheDirectory', join(folder, 'cache')],
      { cwd: folder, encoding: 'utf8', timeout: 60_000 },
    );
    return { status, output: `${stdout}${stderr}` };
  }

  it('is of the source as it was written, and fails the run below the threshold', () => {
    write('src/clerk.spec.ts', testOf("expect(clerk.answer(1)).toBe('yes');"));

    const { status, output } = run();

    expect(output).toContain('Coverage for branches (50%) does not meet "global" threshold (80%)');
    expect(status).toBe(1);
    const all = report.parse(JSON.parse(readFileSync(join(folder, 'coverage/coverage-final.json'), 'utf8')));
    const { branchMap, b, fnMap, f, statementMap, s } = fileCoverage.parse(all[join(folder, 'src/clerk.ts')]);
    expect(Object.values(branchMap)).toEqual([expect.objectContaining({ type: 'if', line: 12 })]);
    expect(b).toEqual({ 0: [0, 1] });
    expect(Object.values(fnMap).map(({ line }) => line)).toEqual([3, 9, 11]);
    expect(f).toEqual({ 0: 1, 1: 1, 2: 1 });
    expect(Object.values(statementMap).map(({ start }) => start.line)).toEqual([4, 12, 12, 13]);
    expect(s).toEqual({ 0: 1, 1: 1, 2: 0, 3: 1 });
  });

  it('leaves stack traces on the lines of the source', () => {
    write('src/clerk.spec.ts', testOf("Reflect.set(clerk, 'shelf', undefined);", 'clerk.answer(1);'));

    expect(run().output).toContain('src/clerk.ts:12:29)');
  });

  it('counts files that no test loads', () => {
    write('src/clerk.spec.ts', testOf("expect(clerk.answer(1)).toBe('yes');", "expect(clerk.answer(3)).toBe('no');"));
    expect(run()).toMatchObject({ status: 0 });

    write('src/forgotten.ts', `export const forgotten = [\n${'  () => 1,\n'.repeat(20)}];\n`);
    const { status, output } = run();

    expect(status).toBe(1);
    expect(output).toMatch(/Coverage for functions \([\d.]+%\) does not meet "global" threshold \(80%\)/);
  });
});
