// `npm test`: everything that CI runs. The checks first, because they are quick to mend, then the tests with coverage.
// Arguments go to Jest; when they pick some of the tests, only those run, without the checks and without coverage.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from './process/run-script.js';
import { picksTests } from './test/arguments.js';
import { failedChecks } from './test/checks.js';
import { summarise } from './test/summary.js';

function run(command: string, args: readonly string[]): boolean {
  const { status } = spawnSync(command, args, { cwd: projectRoot, stdio: 'inherit' });
  return status === 0;
}

function runJest(args: readonly string[], resultsFile: string): boolean {
  const jest = join(projectRoot, 'node_modules', 'jest', 'bin', 'jest.js');
  return run(process.execPath, [jest, '--json', `--outputFile=${resultsFile}`, ...args]);
}

const args = process.argv.slice(2);
const picked = picksTests(args);
const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
const resultsFile = join(folder, 'results.json');
const failed = picked ? [] : await failedChecks();
if (!runJest(picked ? args : ['--coverage', ...args], resultsFile)) failed.push('jest');
if (failed.length > 0) console.log(`\nFailed: ${failed.join(', ')}`);
console.log(existsSync(resultsFile) ? summarise(resultsFile) : '0 passed, 0 failed (Jest ended without results)');
rmSync(folder, { recursive: true, force: true });
process.exitCode = failed.length > 0 ? 1 : 0;
