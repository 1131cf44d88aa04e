import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { declaredErrors } from '../../src/kernel/domain-error.js';
import { statusOf } from '../../src/platform/http/problem.js';
import { projectRoot } from '../process/run-script.js';
import { filesUnder } from './files.js';
import { code, generatedNotice, table } from './markdown.js';

/** docs/errors.md: every code that a problem document can carry. */
export async function errorsPage(): Promise<string> {
  // Errors register themselves when their module is loaded.
  for (const file of filesUnder('src', '.ts').filter(declaresErrors)) {
    await import(pathToFileURL(join(projectRoot, file)).href);
  }
  const rows = declaredErrors().map(({ code: name, kind, summary }) => [
    code(name),
    String(statusOf(kind)),
    code(kind),
    summary,
  ]);
  return [
    generatedNotice('the classes that extend domainError() in src/'),
    '# Errors',
    'Every refusal is an RFC 9457 `application/problem+json` document. Switch on `code`: it is stable, while `detail` is for people and may change.',
    table(['Code', 'Status', 'Kind', 'When, and what to do'], rows),
  ].join('\n\n');
}

function declaresErrors(file: string): boolean {
  return !file.endsWith('.spec.ts') && /extends\s+domainError\(/.test(readFileSync(join(projectRoot, file), 'utf8'));
}
