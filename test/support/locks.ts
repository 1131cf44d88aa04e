import type { Statement } from './statement.js';

/** Row locks by the words that ask for them; `update` stands for what an UPDATE or a DELETE takes. */
export type LockMode = 'for update' | 'for no key update' | 'for share' | 'for key share' | 'update';

export interface Lock {
  readonly table: string;
  readonly mode: LockMode;
  readonly skipLocked: boolean;
  /** What the statement returned: after FOR UPDATE, the rows in the order in which PostgreSQL locked them. */
  readonly rows: Statement['rows'];
  readonly text: string;
}

const STRENGTHS = ['update', 'no key update', 'share', 'key share'] as const;
const NOT_AN_ALIAS = new Set(
  'where join left right inner full cross on order group for limit set using returning'.split(' '),
);

/** The row locks that a statement asks for, in the order of its text. Common table expressions are read as well. */
export function locksOf(statement: Statement): readonly Lock[] {
  return questionsOf(statement).flatMap(({ text, rows }) => {
    const words = wordsOf(text);
    const skipLocked = words.some((word, at) => word === 'skip' && words[at + 1] === 'locked');
    return words.flatMap((_, at) => {
      const found = explicitLock(words, at) ?? writeLock(words, at);
      return found === undefined ? [] : [{ ...found, skipLocked, rows, text }];
    });
  });
}

/** What `together()` asked in one statement, each with its own rows; any other statement as it is. */
function questionsOf({ text, rows }: Pick<Statement, 'text' | 'rows'>): Pick<Statement, 'text' | 'rows'>[] {
  const [before = '', ...parts] = text.split(/"(\w+)" AS MATERIALIZED \(/);
  if (parts.length === 0) return [{ text: before, rows }];
  return parts.flatMap((name, at) => {
    const answered = rows[0]?.[name];
    return at % 2 === 0 ? [{ text: parts[at + 1] ?? '', rows: Array.isArray(answered) ? answered : [] }] : [];
  });
}

/** Lower-case words and parentheses, without quotes and without what stands inside string literals. */
function wordsOf(text: string): readonly string[] {
  const bare = text.replaceAll(/'[^']*'/g, ' ').toLowerCase();
  return bare.match(/[\w$]+|[(),]/g) ?? [];
}

function explicitLock(words: readonly string[], at: number): Pick<Lock, 'table' | 'mode'> | undefined {
  if (words[at] !== 'for') return undefined;
  const following = words.slice(at + 1, at + 4).join(' ');
  const strength = STRENGTHS.find((candidate) => `${following} `.startsWith(`${candidate} `));
  if (strength === undefined) return undefined;
  const next = at + 1 + strength.split(' ').length;
  const alias = words[next] === 'of' ? words[next + 1] : undefined;
  return { table: lockedTable(words.slice(0, at), alias), mode: `for ${strength}` };
}

function writeLock(words: readonly string[], at: number): Pick<Lock, 'table' | 'mode'> | undefined {
  const before = words[at - 1];
  // `for update` and `do update` do not begin a statement.
  if (before !== undefined && before !== '(' && before !== ')') return undefined;
  const verb = words[at] === 'delete' ? ['delete', 'from'] : ['update'];
  if (verb.some((word, offset) => words[at + offset] !== word)) return undefined;
  const table = words.slice(at + verb.length).find((word) => word !== 'only');
  return table === undefined ? undefined : { table, mode: 'update' };
}

/** The table behind `OF alias`, otherwise the table of the query's own FROM. */
function lockedTable(words: readonly string[], alias: string | undefined): string {
  const sources = words.flatMap((word, at) => (word === 'from' || word === 'join' ? [sourceAt(words, at + 1)] : []));
  if (alias === undefined) return sourceAt(words, ownFrom(words) + 1).table;
  return sources.find((source) => source.alias === alias)?.table ?? alias;
}

/** Where the FROM of the query stands that these words end in: not that of a query in parentheses or of IS DISTINCT FROM. */
function ownFrom(words: readonly string[]): number {
  let depth = 0;
  return words.findLastIndex((word, at) => {
    if (word === ')') depth += 1;
    if (word === '(') depth -= 1;
    return word === 'from' && depth <= 0 && words[at - 1] !== 'distinct';
  });
}

function sourceAt(words: readonly string[], at: number): { readonly table: string; readonly alias: string } {
  const table = words[at] ?? '';
  const next = words[at + 1] === 'as' ? words[at + 2] : words[at + 1];
  return { table, alias: next === undefined || NOT_AN_ALIAS.has(next) ? table : next };
}
