import { readFileSync } from 'node:fs';
import { z } from 'zod';

const count = z.int().min(0);
const resultsSchema = z.object({
  numPassedTests: count,
  numFailedTests: count,
  numPendingTests: count,
  numTodoTests: count,
  /** Files that could not even be loaded; their tests are in none of the other numbers. */
  numRuntimeErrorTestSuites: count,
});

/** `12 passed, 0 failed` from the file that `jest --json --outputFile` writes, with the skipped ones if there are any. */
export function summarise(resultsFile: string): string {
  const results = resultsSchema.parse(JSON.parse(readFileSync(resultsFile, 'utf8')));
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const skipped = results.numPendingTests + results.numTodoTests;
  return `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
