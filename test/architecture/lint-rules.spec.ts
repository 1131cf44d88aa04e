import path from 'node:path';
import { ProbeTree, projectRoot } from './probe-tree.js';

interface FileReport {
  readonly filePath: string;
  readonly messages: readonly { readonly ruleId: string | null; readonly message: string }[];
}

interface Probe {
  readonly rule: string;
  readonly file: string;
  readonly source: string;
  /** Part of the message where one rule says several things. */
  readonly says?: string;
}

const syntax = 'no-restricted-syntax';
const lines = (count: number, line = 'void 0;\n'): string => line.repeat(count);
const branches = Array.from({ length: 10 }, (_, at) => `  if (n === ${at}) return ${at};\n`).join('');

const probes: Probe[] = [
  {
    rule: '@typescript-eslint/no-explicit-any',
    file: 'src/a/any.ts',
    source: 'export const a = (x: any): void => void x;',
  },
  {
    rule: '@typescript-eslint/consistent-type-assertions',
    file: 'src/a/as.ts',
    source: "export const a = JSON.parse('1') as number;",
  },
  {
    rule: '@typescript-eslint/no-non-null-assertion',
    file: 'src/a/bang.ts',
    source: 'export const a = (x: string | undefined): string => x!;',
  },
  {
    rule: '@typescript-eslint/ban-ts-comment',
    file: 'src/a/ignore.ts',
    source: '// @ts-ignore because it is easier\nexport const a = 1;',
  },
  {
    rule: '@typescript-eslint/no-floating-promises',
    file: 'src/a/floating.ts',
    source: 'export function a(): void {\n  Promise.resolve(1);\n}',
  },
  {
    rule: '@typescript-eslint/no-misused-promises',
    file: 'src/a/misused.ts',
    source: 'export const a = async (): Promise<boolean> => true;\nif (a()) throw new Error();',
  },
  {
    rule: '@typescript-eslint/switch-exhaustiveness-check',
    file: 'src/a/switch.ts',
    source:
      "export function a(x: 'paid' | 'refunded'): number {\n  switch (x) {\n    case 'paid':\n      return 1;\n  }\n  return 0;\n}",
  },
  { rule: 'max-lines', file: 'src/a/long.ts', source: `export {};\n${lines(300)}` },
  {
    rule: 'max-lines-per-function',
    file: 'src/a/long-function.ts',
    source: `export function a(): void {\n${lines(50)}}`,
  },
  {
    rule: 'max-depth',
    file: 'src/a/deep.ts',
    source: 'export function a(x: boolean): void {\n  if (x) if (!x) if (x) if (!x) throw new Error();\n}',
  },
  {
    rule: 'complexity',
    file: 'src/a/branches.ts',
    source: `export function a(n: number): number {\n${branches}  return -1;\n}`,
  },
  { rule: 'eqeqeq', file: 'src/a/equal.ts', source: 'export const a = (x: number | null): boolean => x == null;' },
  { rule: 'no-console', file: 'src/a/console.ts', source: "console.log('paid');\nexport {};" },
  { rule: 'no-console', file: 'sandbox/console.ts', source: "console.log('paid');\nexport {};" },
  {
    rule: 'no-restricted-properties',
    file: 'src/a/env.ts',
    source: "export const a = process.env['PORT'];",
    says: 'environment',
  },
  {
    rule: 'no-restricted-properties',
    file: 'src/a/env-out.ts',
    source: 'export const { env } = process;',
    says: 'environment',
  },
  { rule: 'no-restricted-imports', file: 'src/a/env-import.ts', source: "export { env } from 'node:process';" },
  {
    rule: 'no-restricted-properties',
    file: 'src/a/random.ts',
    source: 'export const a = Math.random();',
    says: 'node:crypto',
  },
  { rule: syntax, file: 'src/a/enum.ts', source: 'export enum A {\n  b,\n}', says: 'const table' },
  { rule: syntax, file: 'src/a/default.ts', source: 'const a = 1;\nexport default a;', says: 'named exports' },
  {
    rule: syntax,
    file: 'src/a/many-parameters.ts',
    source: 'export function a(b: 1, c: 1, d: 1, e: 1, f: 1): number {\n  return b + c + d + e + f;\n}',
    says: 'at most 4 parameters',
  },
  {
    rule: syntax,
    file: 'src/a/many-collaborators.ts',
    source:
      'export class A {\n  constructor(readonly b: 1, readonly c: 1, readonly d: 1, readonly e: 1, readonly f: 1, readonly g: 1, readonly h: 1) {}\n}',
    says: 'at most 6 collaborators',
  },
  {
    rule: syntax,
    file: 'src/a/promise-all.ts',
    source:
      'export const a = async (tx: { query(): Promise<void> }): Promise<void> => {\n  await Promise.all([tx.query(), tx.query()]);\n};',
    says: 'one statement after the other',
  },
  {
    rule: syntax,
    file: 'src/a/promise-all-later.ts',
    source:
      'export class A {\n  async save(id: string, tx: () => Promise<void>): Promise<void> {\n    await Promise.allSettled([1].map(() => tx()));\n    void id;\n  }\n}',
    says: 'one statement after the other',
  },
  {
    rule: syntax,
    file: 'src/a/forward-ref.ts',
    source: "export { forwardRef } from '@nestjs/common';",
    says: 'import cycle',
  },
  {
    rule: syntax,
    file: 'src/orders/use-cases/sql.use-case.ts',
    source: "export const a = (tx: { query(sql: string): Promise<void> }): Promise<void> => tx.query('SELECT 1');",
    says: 'No SQL here',
  },
  {
    rule: syntax,
    file: 'src/orders/orders.facade.ts',
    source: 'export const a = (db: { transaction(): Promise<void> }): Promise<void> => db.transaction();',
    says: 'Only use cases and queries open transactions',
  },
  {
    rule: syntax,
    file: 'src/orders/jobs/expire.processor.ts',
    source: 'export const a = (db: { transaction(): Promise<void> }): Promise<void> => db.transaction();',
    says: 'Only use cases and queries open transactions',
  },
  {
    rule: syntax,
    file: 'test/integration/sleep.spec.ts',
    source: "it('waits', () => new Promise((resolve) => setTimeout(resolve, 100)));",
    says: 'Do not sleep',
  },
  {
    rule: syntax,
    file: 'test/integration/sleep-import.spec.ts',
    source: "import { setTimeout as delay } from 'node:timers/promises';\nit('waits', () => delay(100));",
    says: 'Do not sleep',
  },
  { rule: syntax, file: 'src/a/only.spec.ts', source: "it.only('works', () => undefined);", says: 'Every test runs' },
  {
    rule: syntax,
    file: 'test/e2e/skip.e2e-spec.ts',
    source: "describe.skip('x', () => undefined);",
    says: 'Every test runs',
  },
  { rule: syntax, file: 'test/e2e/x.e2e-spec.ts', source: "xit('works', () => undefined);", says: 'Every test runs' },
  {
    rule: 'security/detect-unsafe-regex',
    file: 'src/a/regex.ts',
    source: 'export const a = /(x+x+)+y/;',
  },
  {
    rule: 'security/detect-non-literal-regexp',
    file: 'src/a/regexp.ts',
    source: 'export const a = (text: string): RegExp => new RegExp(text);',
  },
  {
    rule: 'security/detect-child-process',
    file: 'src/a/child.ts',
    source: "import { exec } from 'node:child_process';\nexport const a = (command: string): unknown => exec(command);",
  },
  {
    rule: 'security/detect-eval-with-expression',
    file: 'src/a/eval.ts',
    source: 'export const a = (text: string): unknown => eval(text);',
  },
];

const allowed: Record<string, string> = {
  'src/platform/config/load.ts': "export const port = process.env['PORT'];",
  'src/a/const.ts':
    "export const states = ['paid', 'refunded'] as const;\nexport type State = (typeof states)[number];",
  'src/a/six.ts':
    'export class A {\n  constructor(readonly b: 1, readonly c: 1, readonly d: 1, readonly e: 1, readonly f: 1, readonly g: 1) {}\n}',
  'src/a/outside.ts': 'export const a = (): Promise<number[]> => Promise.all([Promise.resolve(1)]);',
  'src/a/persistence/row.repository.ts':
    "export const a = (tx: { query(sql: string): Promise<void> }): Promise<void> => tx.query('SELECT 1');",
  'src/a/use-cases/pay.use-case.ts':
    'export const a = (db: { transaction(): Promise<void> }): Promise<void> => db.transaction();',
  'tools/print.ts': "console.log(process.env['PORT']);\nexport {};",
  'test/integration/long.spec.ts': `it('is long', () => {\n${lines(400)}});`,
};

describe('lint rules', () => {
  const reports = new Map<string, FileReport['messages']>();

  beforeAll(() => {
    const files = Object.fromEntries(probes.map(({ file, source }) => [file, `${source}\n`]));
    const tree = new ProbeTree({ ...files, ...allowed });
    try {
      const config = path.join(projectRoot, 'eslint.config.mjs');
      const report: FileReport[] = JSON.parse(tree.run('eslint/bin/eslint.js', '--config', config, '-f', 'json', '.'));
      for (const { filePath, messages } of report) reports.set(path.relative(tree.root, filePath), messages);
    } finally {
      tree.remove();
    }
  }, 60_000);

  it.each(probes)('$rule bites $file', ({ rule, file, says = '' }) => {
    const bites = (reports.get(file) ?? []).filter(({ ruleId }) => ruleId === rule);

    expect(bites).not.toEqual([]);
    expect(bites.map(({ message }) => message).join('\n')).toContain(says);
  });

  it.each(Object.keys(allowed))('leave %s alone', (file) => {
    expect(reports.get(file)).toEqual([]);
  });
});
