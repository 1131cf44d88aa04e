import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../process/run-script.js';
import { citationsIn, type Citation } from './citations.js';
import { filesUnder } from './files.js';
import { generatedNotice, table } from './markdown.js';

export interface AcceptanceRow {
  readonly id: string;
  readonly title: string;
}

export interface Section {
  readonly section: string;
  readonly rows: readonly AcceptanceRow[];
}

const ROWS = 'docs/acceptance-rows.json';

/** docs/acceptance.md: what was asked for, and the test that proves each row. */
export function acceptancePage(): string {
  const sections: readonly Section[] = JSON.parse(readFileSync(join(projectRoot, ROWS), 'utf8'));
  const files = [
    ...filesUnder('src', '.spec.ts'),
    ...filesUnder('test', '.spec.ts'),
    ...filesUnder('test', '.e2e-spec.ts'),
  ];
  const citations = files.flatMap((file) => citationsIn(file, readFileSync(join(projectRoot, file), 'utf8')));
  return renderAcceptance(sections, citations);
}

/** @throws Error when a test cites an id that is not on the list, most likely a slip of the pen. */
export function renderAcceptance(sections: readonly Section[], citations: readonly Citation[]): string {
  const rows = sections.flatMap((section) => section.rows);
  const stray = citations.find(({ id }) => !rows.some((row) => row.id === id));
  if (stray) throw new Error(`${stray.file} cites ${stray.id}, which is not in ${ROWS}`);
  const proofs = groupById(citations);
  const missing = rows.filter(({ id }) => !proofs.has(id));
  return [
    generatedNotice(`${ROWS} and the tests`),
    '# Acceptance',
    `Each row holds from outside. A test says which rows it proves by a comment such as \`// A-07\`.`,
    missing.length === 0
      ? `All ${rows.length} rows have a test.`
      : `${rows.length - missing.length} of ${rows.length} rows have a test. Missing: ${missing.map(({ id }) => id).join(', ')}.`,
    ...sections.flatMap((section) => [
      `## ${section.section}`,
      table(
        ['Row', 'What holds', 'Proven by'],
        section.rows.map(({ id, title }) => [id, title, proofOf(proofs.get(id) ?? [])]),
      ),
    ]),
  ].join('\n\n');
}

function groupById(citations: readonly Citation[]): Map<string, Citation[]> {
  const byId = new Map<string, Citation[]>();
  for (const citation of citations) byId.set(citation.id, [...(byId.get(citation.id) ?? []), citation]);
  return byId;
}

function proofOf(citations: readonly Citation[]): string {
  const lines = citations.map(({ file, test }) => `[${test.at(-1) ?? file.split('/').at(-1) ?? file}](../${file})`);
  return lines.length === 0 ? '**no test yet**' : [...new Set(lines)].join('<br>');
}
