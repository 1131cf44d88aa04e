// The pages that people write: what they point at has to be there.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { filesUnder } from '../../../tools/docs/files.js';

const root = resolve(__dirname, '../../..');
const text = (file: string): string => readFileSync(join(root, file), 'utf8');
const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'sandbox/README.md', ...filesUnder('docs', '.md')];

interface Link {
  readonly path: string;
  readonly anchor: string | undefined;
}

/** Links to files of this repository, as `[words](path#anchor)`. */
function linksIn(page: string): Link[] {
  return [...text(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].map(([, path = '', anchor]) => ({
    path: path === '' ? page : join(dirname(page), path),
    anchor,
  }));
}

/** The anchors that GitHub gives to the headings of a page. */
function anchorsOf(page: string): string[] {
  return [...text(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('the pages', () => {
  it.each(pages)('%s points at files and headings that exist', (page) => {
    const broken = linksIn(page).filter(
      ({ path, anchor }) =>
        !existsSync(join(root, path)) || (anchor !== undefined && !anchorsOf(path).includes(anchor)),
    );

    expect(broken).toEqual([]);
  });

  it('name every decision by a number of its own, without a gap', () => {
    const numbers = filesUnder('docs/decisions', '.md').map((file) => file.slice('docs/decisions/'.length).slice(0, 4));

    expect(numbers).toEqual(numbers.map((_, index) => String(index + 1).padStart(4, '0')));
    expect(numbers.length).toBeGreaterThan(0);
  });
});

describe('the menu of commands in README.md', () => {
  const manifest: { scripts: Record<string, string> } = JSON.parse(text('package.json'));
  const table = /## Commands\n([\s\S]*?)\n## /.exec(text('README.md'))?.[1] ?? '';
  const firstCells = [...table.matchAll(/^\| (.*?) \|/gm)].map(([, cell = '']) => cell).join(' ');
  const named = [...firstCells.matchAll(/`npm (?:run )?([\w:]+)/g)].map(([, name = '']) => name);

  it('lists every script of package.json, and none that is not there', () => {
    expect([...new Set(named)].sort()).toEqual(Object.keys(manifest.scripts).sort());
  });
});
