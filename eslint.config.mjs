import eslint from '@eslint/js';
import security from 'eslint-plugin-security';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const typescriptFiles = ['src', 'sandbox', 'tools', 'test', 'migrations', 'bench'].map((root) => `${root}/**/*.ts`);
const testFiles = ['test/**/*.ts', '**/*.spec.ts', '**/*.e2e-spec.ts'];

// ESLint replaces the options of a rule as a whole when a later block names it again, so the lists that differ between
// rooms are put together from these parts.
const inEveryFile = [
  { selector: 'TSEnumDeclaration', message: 'Take a const table and a union type instead of an enum.' },
  {
    selector: 'ExportDefaultDeclaration, ExportSpecifier[exported.name="default"]',
    message: 'Use named exports: one name for one thing everywhere.',
  },
  {
    selector: 'MethodDefinition[kind="constructor"] > FunctionExpression[params.length>6]',
    message: 'A constructor takes at most 6 collaborators. Split the class.',
  },
  {
    selector: ':function[params.length>4]:not(MethodDefinition[kind="constructor"] > FunctionExpression)',
    message: 'A function takes at most 4 parameters. Pass an object that has a name.',
  },
  {
    selector: [0, 1, 2, 3]
      .map(
        (position) =>
          `:function[params.${position}.name="tx"] CallExpression[callee.object.name="Promise"][callee.property.name=/^(all|allSettled|any|race)$/]`,
      )
      .join(', '),
    message:
      'Inside a transaction await one statement after the other: one connection answers in order. Of what need not wait, see inOnePacket().',
  },
  { selector: 'Identifier[name="forwardRef"]', message: 'forwardRef hides an import cycle. Break the cycle.' },
];

// `tx` goes through a use case or a facade unopened; only repositories, queries and the platform speak to it.
const transactionIsPassedOn = {
  selector: 'MemberExpression[object.name="tx"]',
  message: 'No SQL here: hand `tx` to a repository or to a facade.',
};
const transactionIsNotOpened = {
  selector: 'CallExpression[callee.property.name="transaction"]',
  message: 'Only use cases and queries open transactions; take `tx` as first parameter.',
};

const inTests = [
  {
    selector:
      'NewExpression[callee.name="Promise"] CallExpression[callee.name="setTimeout"], NewExpression[callee.name="Promise"] CallExpression[callee.property.name="setTimeout"]',
    message: 'Do not sleep: poll with a deadline (test/support/poll.ts).',
  },
  {
    selector: 'ImportDeclaration[source.value=/timers.promises$/]',
    message: 'Do not sleep: poll with a deadline (test/support/poll.ts).',
  },
  {
    selector: 'MemberExpression[object.name=/^(describe|it|test)$/][property.name=/^(only|skip|todo|failing)$/]',
    message: 'Every test runs, every time.',
  },
  { selector: 'CallExpression[callee.name=/^(xit|xtest|xdescribe|fit|fdescribe)$/]', message: 'Every test runs.' },
];

const secureRandom = {
  object: 'Math',
  property: 'random',
  message: 'Take node:crypto: a predictable value must never reach an id, a token or a jitter that others rely on.',
};
const environmentInOnePlace = {
  object: 'process',
  property: 'env',
  message: 'The environment is read once, in src/platform/config.',
};
const environmentByImport = {
  name: 'node:process',
  importNames: ['env'],
  message: 'The environment is read once, in src/platform/config.',
};

// eslint-plugin-security without its three guesses: every computed member, every file name, every comparison with a
// variable that is called `token`.
const securityRules = {
  'security/detect-bidi-characters': 'error',
  'security/detect-buffer-noassert': 'error',
  'security/detect-child-process': 'error',
  'security/detect-disable-mustache-escape': 'error',
  'security/detect-eval-with-expression': 'error',
  'security/detect-invisible-characters': 'error',
  'security/detect-new-buffer': 'error',
  'security/detect-no-csrf-before-method-override': 'error',
  'security/detect-non-literal-regexp': 'error',
  'security/detect-non-literal-require': 'error',
  'security/detect-pseudoRandomBytes': 'error',
  'security/detect-unsafe-regex': 'error',
  'no-eval': 'error',
  'no-new-func': 'error',
  'no-script-url': 'error',
};

const houseRules = {
  'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
  'max-depth': ['error', 3],
  complexity: ['error', 10],
  eqeqeq: 'error',
  'no-restricted-syntax': ['error', ...inEveryFile],
  'no-restricted-properties': ['error', secureRandom],
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
  '@typescript-eslint/no-non-null-assertion': 'error',
  '@typescript-eslint/ban-ts-comment': [
    'error',
    { 'ts-ignore': true, 'ts-nocheck': true, 'ts-expect-error': true, 'ts-check': false },
  ],
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/return-await': ['error', 'in-try-catch'],
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
  ],
  '@typescript-eslint/no-unused-vars': [
    'error',
    { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
  ],
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
  // `const row: Row = JSON.parse(text)` is how a promise about outside data is written down where `as` is banned. Using
  // an `any` in any other way (its members, a call, an argument, a return) stays an error.
  '@typescript-eslint/no-unsafe-assignment': 'off',
  // An `async` method without `await` is often the shape that an interface or a framework asks for.
  '@typescript-eslint/require-await': 'off',
};

export default defineConfig(
  {
    ignores: ['node_modules/', 'dist/', 'coverage/', '.holdfast/', 'test/architecture/.probes/'],
  },
  {
    linterOptions: { reportUnusedDisableDirectives: 'error', reportUnusedInlineConfigs: 'error' },
  },
  {
    files: ['*.mjs', '*.cjs', '**/*.mjs', '**/*.cjs'],
    extends: [eslint.configs.recommended],
    languageOptions: {
      globals: { console: 'readonly', module: 'writable', process: 'readonly', require: 'readonly', URL: 'readonly' },
    },
  },
  {
    files: typescriptFiles,
    extends: [eslint.configs.recommended, tseslint.configs.recommendedTypeChecked],
    plugins: { security },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: { ...securityRules, ...houseRules },
  },
  {
    files: ['src/**/*.ts', 'sandbox/**/*.ts'],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/platform/config/**'],
    rules: {
      'no-restricted-properties': ['error', secureRandom, environmentInOnePlace],
      'no-restricted-imports': ['error', { paths: [environmentByImport, { ...environmentByImport, name: 'process' }] }],
    },
  },
  {
    files: ['src/*/use-cases/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...inEveryFile, transactionIsPassedOn] },
  },
  {
    files: ['src/*/*.facade.ts'],
    rules: { 'no-restricted-syntax': ['error', ...inEveryFile, transactionIsPassedOn, transactionIsNotOpened] },
  },
  {
    files: ['src/*/{domain,persistence,http,jobs}/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...inEveryFile, transactionIsNotOpened] },
  },
  {
    // The tools and the benchmark speak to a terminal and start processes: that is what they are for.
    files: ['tools/**/*.ts', 'bench/**/*.ts', 'test/**/*.ts'],
    rules: { 'security/detect-child-process': 'off' },
  },
  {
    // Regular expressions meet hostile input in src/ and sandbox/ alone.
    files: ['tools/**/*.ts', 'bench/**/*.ts', 'test/**/*.ts', 'migrations/**/*.ts'],
    rules: { 'security/detect-unsafe-regex': 'off' },
  },
  {
    files: testFiles,
    rules: {
      'max-lines': 'off',
      'max-lines-per-function': 'off',
      'no-restricted-syntax': ['error', ...inEveryFile, ...inTests],
      // Answers of supertest and rows of pg are `any` by their own types; assertions on them are the point of a test.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // `expect(stripe.refunds.create)` names a method without calling it.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // The one place that is allowed to wait: everybody else polls through it.
    files: ['test/support/poll.ts'],
    rules: { 'no-restricted-syntax': ['error', ...inEveryFile] },
  },
);
