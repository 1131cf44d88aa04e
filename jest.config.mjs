// Four projects, chosen with `jest --selectProjects <name>`:
//   unit         src/**/*.spec.ts                              pure code beside its source; no service, Stripe mocked
//   tools        test/{tools,architecture,sandbox,support}/**/*.spec.ts   what stands around the service
//   integration  test/{integration,concurrency,acceptance}/**/*.spec.ts   real PostgreSQL and Redis, Stripe mocked at the SDK
//   e2e          test/e2e/**/*.e2e-spec.ts                     the whole service over HTTP against the Stripe sandbox
// `jest --randomize` shuffles the tests inside each file; nothing may depend on order.

// Packages that ship ES modules only. Jest keeps a CommonJS registry, so swc turns them into CommonJS on the way in;
// nested copies (node_modules/x/node_modules/y) match as well.
const esmOnly = [
  '@nestjs',
  'jose',
  'file-type',
  'strtok3',
  'token-types',
  'uint8array-extras',
  '@borewit/text-codec',
  '@tokenizer/inflate',
  'cookie',
  'content-disposition',
];

const output = { swcrc: false, sourceMaps: 'inline', module: { type: 'commonjs' } };

const typescript = {
  target: 'es2022',
  keepClassNames: true,
  parser: { syntax: 'typescript', decorators: true },
  transform: { legacyDecorator: true, decoratorMetadata: true },
};

const project = {
  testEnvironment: 'node',
  transform: {
    '^.+\\.ts$': ['<rootDir>/tools/test/transformer.mjs', { ...output, jsc: typescript }],
    '^.+\\.m?js$': ['@swc/jest', { ...output, jsc: { target: 'es2022', parser: { syntax: 'ecmascript' } } }],
  },
  transformIgnorePatterns: [`/node_modules/(?!(?:.*/node_modules/)?(?:${esmOnly.join('|')})/)`],
  // nodenext sources say `./order.js` where the file is `./order.ts`.
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^rxjs$': '<rootDir>/node_modules/rxjs/dist/bundles/rxjs.umd.js',
    '^rxjs/operators$': '<rootDir>/test/support/modules/rxjs-operators.cjs',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/test/architecture/.probes/'],
  setupFiles: ['<rootDir>/test/support/one-error-realm.ts'],
  clearMocks: true,
};

// Where Stripe is mocked at the SDK, its key has no business: reading it fails the test.
const withoutStripeKey = { setupFilesAfterEnv: ['<rootDir>/test/support/without-stripe-key.ts'] };

// PostgreSQL and Redis start once, and only when a test of a project that needs them is to run.
const withServices = {
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
};

export default {
  maxWorkers: 2,
  testSequencer: '<rootDir>/tools/test/sequencer.mjs',
  // Jest keeps something of every file that a process has run: one that has grown makes place for a fresh one.
  workerIdleMemoryLimit: '900MB',
  testTimeout: 20_000,
  // tools/test/transformer.mjs does the counting, in the source as it was written.
  coverageProvider: 'babel',
  coverageDirectory: 'coverage',
  coverageReporters: ['text-summary', 'lcov', 'json-summary'],
  // Left out are the entry points alone: they only start what the end-to-end tests run in child processes, where the
  // coverage of this process does not reach.
  collectCoverageFrom: ['src/**/*.ts', '!src/**/*.spec.ts', '!src/{main,worker,migrate,seed,audit}.ts'],
  coverageThreshold: { global: { lines: 80, branches: 80, functions: 80, statements: 80 } },
  projects: [
    { ...project, ...withoutStripeKey, displayName: 'unit', testMatch: ['<rootDir>/src/**/*.spec.ts'] },
    {
      ...project,
      displayName: 'tools',
      testMatch: ['<rootDir>/test/{tools,architecture,sandbox,support}/**/*.spec.ts'],
    },
    {
      ...project,
      ...withServices,
      displayName: 'integration',
      testMatch: ['<rootDir>/test/{integration,concurrency,acceptance}/**/*.spec.ts'],
    },
    { ...project, ...withServices, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.e2e-spec.ts'] },
  ],
};
