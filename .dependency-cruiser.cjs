// The import rules of the house (docs/architecture.md). test/architecture/import-rules.spec.ts plants a violation of every
// rule below and fails when one of them does not bite.

// A room may import the rooms below its own floor, never a sister beside it. A new room under src/ needs a floor here.
const floors = [
  ['kernel'],
  ['platform'],
  ['catalog', 'inventory', 'shipping'],
  ['cart'],
  ['orders'],
  ['payments'],
  ['refunds'],
  ['checkout'],
  ['webhooks'],
  ['reconciliation'],
  ['admin'],
];
const features = floors.slice(2).flat();

const FEATURE = `^src/(${features.join('|')})/`;
const SPEC = '\\.spec\\.ts$';
// A room may be divided once more (webhooks/inbound, webhooks/outbound) before the parts that every room has.
const inside = (room, rest) => [`${room}${rest}`, `${room}[^/]+/${rest}`];
const part = (...names) => inside(FEATURE, `(?:${names.join('|')})/`);
const own = (...names) => inside('^src/$1/', `(?:${names.join('|')})/`);
const facade = inside(FEATURE, '[^/]+\\.facade\\.ts$');
const ownFacade = inside('^src/$1/', '[^/]+\\.facade\\.ts$');
const library = (...names) => `node_modules/(?:${names.join('|')})/`;

/** A rule whose message is its own sentence; every rule of the house is an error. */
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const floorRules = floors.slice(2, -1).map((rooms, index) => {
  const floor = index + 2;
  return rule(
    `floor-${floor}-imports-downward`,
    `${rooms.join(', ')}: floor ${floor} imports lower floors only. News for a higher floor travels as an event.`,
    { path: `^src/(${rooms.join('|')})/` },
    { path: `^src/(?:${floors.slice(floor).flat().join('|')})/`, pathNot: '^src/$1/' },
  );
});

const roomRules = [
  rule(
    'every-room-has-a-floor',
    'A folder under src/ that stands on no floor is not checked by anything: give it one in this file.',
    { path: '^src/[^/]+/', pathNot: `^src/(?:${floors.flat().join('|')})/` },
    {},
  ),
  rule(
    'kernel-imports-nothing',
    'The kernel is pure words. It needs no library and no room, and of Node only the random bits of an id.',
    { path: '^src/kernel/', pathNot: SPEC },
    { pathNot: ['^src/kernel/', '^crypto$'] },
  ),
  rule(
    'platform-knows-no-business',
    'The platform is tools: it imports the kernel and libraries, never a feature.',
    { path: '^src/platform/' },
    { path: FEATURE },
  ),
  ...floorRules,
  rule(
    'features-meet-at-the-door',
    'One feature sees of another what its index.ts exports.',
    { path: FEATURE },
    { path: FEATURE, pathNot: ['^src/$1/', '^src/[^/]+/index\\.ts$'] },
  ),
  rule(
    'entry-points-use-the-doors',
    'A process is put together from what the features export at their index.ts.',
    { path: '^src/[^/]+\\.ts$' },
    { path: FEATURE, pathNot: '^src/[^/]+/index\\.ts$' },
  ),
  rule(
    'entry-points-stay-on-top',
    'Nothing in a room imports an entry point or the module of a process.',
    { path: '^src/[^/]+/' },
    { path: '^src/[^/]+\\.ts$' },
  ),
];

const partRules = [
  rule(
    'domain-is-pure',
    'A domain imports its own domain and the kernel: no Nest, no TypeORM, no driver, no Node module, no other feature.',
    { path: part('domain'), pathNot: SPEC },
    { pathNot: ['^src/kernel/', ...own('domain')] },
  ),
  rule(
    'persistence-speaks-to-the-database-only',
    'Persistence imports its own domain, the kernel, platform/database and TypeORM.',
    { path: part('persistence'), pathNot: SPEC },
    {
      pathNot: [
        '^src/(?:kernel|platform/database)/',
        ...own('domain', 'persistence'),
        library('typeorm', '@nestjs/common'),
      ],
    },
  ),
  rule(
    'facade-stays-below-use-cases',
    'A facade works in the transaction of its caller with its own domain and persistence. It calls no use case or query.',
    { path: facade },
    { path: own('use-cases', 'queries', 'http', 'jobs') },
  ),
  rule(
    'inside-never-sees-the-edges',
    'Use cases, queries, persistence and facades know nothing of HTTP and of jobs.',
    { path: [...part('use-cases', 'queries', 'persistence'), ...facade] },
    { path: ['^src/platform/http/', ...own('http', 'jobs')] },
  ),
  rule(
    'reads-never-write',
    'A query answers from SQL; it does not run a use case.',
    { path: part('queries') },
    { path: own('use-cases') },
  ),
  rule(
    'edges-call-use-cases',
    'Controllers and jobs call use cases and queries, never persistence and never a facade, which need a transaction.',
    { path: part('http', 'jobs') },
    { path: [...own('persistence'), ...ownFacade] },
  ),
  rule(
    'doors-hide-persistence',
    'Tables and locks of a feature do not leave through its door.',
    { path: `${FEATURE}index\\.ts$` },
    { path: own('persistence') },
  ),
];

const libraryRules = [
  rule(
    'typeorm-stays-in-persistence',
    'TypeORM is known to platform/database, to persistence folders and to entities. Others write `Tx`.',
    {
      path: '^src/',
      pathNot: [
        '^src/platform/database/',
        '^src/[^/]+/persistence/',
        '^src/[^/]+/[^/]+/persistence/',
        '^src/platform/[^/]+/[^/]+\\.entity\\.ts$',
      ],
    },
    { path: library('typeorm') },
  ),
  rule(
    'entities-are-registered-in-modules',
    '@nestjs/typeorm serves to name the entities of a room in its module. Nothing injects a repository of TypeORM.',
    { path: '^src/', pathNot: ['^src/platform/database/', '\\.module\\.ts$'] },
    { path: library('@nestjs/typeorm') },
  ),
  rule(
    'drivers-stay-in-platform',
    'The drivers of PostgreSQL, Redis and Kafka are opened, limited and closed by the platform alone.',
    { path: '^src/', pathNot: '^src/platform/' },
    { path: library('pg', '@types/pg', 'ioredis', 'kafkajs') },
  ),
  rule(
    'stripe-stays-behind-the-gateway',
    'The SDK is used in platform/stripe and in the gateways of the rooms that call Stripe. Others speak the words of a gateway.',
    {
      path: '^src/',
      pathNot: [
        '^src/platform/stripe/',
        '^src/(?:payments|refunds|reconciliation)/gateway/',
        '^src/payments/[^/]*gateway[^/]*\\.ts$',
        SPEC,
      ],
    },
    { path: library('stripe') },
  ),
  rule(
    'http-stays-at-the-edge',
    'Fastify, OpenAPI and request validation live in platform/http, platform/auth, platform/observability, platform/queue-board, in http folders and in the files that put the API process together.',
    {
      path: '^src/',
      pathNot: [
        '^src/platform/(?:http|auth|observability|queue-board)/',
        '^src/(?:main|api\\.module|create-api)\\.ts$',
        ...part('http'),
        SPEC,
      ],
    },
    {
      path: library(
        'fastify',
        '@fastify/[^/]+',
        '@nestjs/platform-fastify',
        '@nestjs/swagger',
        'class-validator',
        'class-transformer',
        'nestjs-pino',
        'pino-http',
      ),
    },
  ),
];

const treeRules = [
  rule(
    'src-stands-alone',
    'The service is built and shipped without the sandbox, the tools, the tests and the benchmark.',
    { path: '^src/', pathNot: SPEC },
    { path: '^(?:sandbox|test|tools|bench|migrations)/' },
  ),
  rule(
    'sandbox-stands-alone',
    'The sandbox plays a foreign company: it learns of the service over HTTP only.',
    { path: '^sandbox/' },
    { path: '^(?:src|test|migrations)/' },
  ),
  rule(
    'migrations-stand-alone',
    'A landed migration never changes, so it may not depend on code that does.',
    { path: '^migrations/' },
    { path: '^(?:src|sandbox|test|tools|bench)/' },
  ),
  rule('no-cycles', 'Two files that need each other are one file or three.', {}, { circular: true }),
  rule(
    'no-orphans',
    'A file that imports nothing and that nobody imports is dead.',
    { orphan: true, path: '^(?:src|sandbox)/', pathNot: ['^src/[^/]+\\.ts$', SPEC, '\\.d\\.ts$'] },
    {},
  ),
  rule(
    'no-dev-dependency-at-run-time',
    'What src/ imports must be installed in production.',
    { path: '^src/', pathNot: SPEC },
    { dependencyTypes: ['npm-dev'] },
  ),
  rule(
    'no-undeclared-package',
    'An import of a package that package.json does not name works by accident.',
    { path: '^(?:src|sandbox|tools|bench|migrations)/' },
    { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  ),
  rule('no-unresolvable-import', 'An import must lead somewhere.', {}, { couldNotResolve: true }),
];

module.exports = {
  forbidden: [...roomRules, ...partRules, ...libraryRules, ...treeRules],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Anchored: without the anchor every package that is published as dist/ would be invisible to the rules.
    exclude: { path: '^(?:dist|coverage|test/architecture/\\.probes)/' },
    // `import type` counts: a type is knowledge too.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
