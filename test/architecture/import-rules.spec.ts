import { cleanHouse } from './clean-house.js';
import { ProbeTree, projectRoot } from './probe-tree.js';

interface Report {
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[];
    readonly ruleSetUsed: { readonly forbidden: readonly { readonly name: string }[] };
  };
}

interface Probe {
  readonly rule: string;
  readonly file: string;
  readonly imports: string;
  /** Rules that the same import breaks as well: a driver in a domain is wrong twice. */
  readonly also?: readonly string[];
}

const floors = [
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
const placed = floors.flatMap((rooms, index) => rooms.map((room) => ({ room, floor: index + 2 })));

const floorProbes: Probe[] = placed.flatMap((from) =>
  placed
    .filter((to) => to.room !== from.room && to.floor >= from.floor)
    .map((to) => ({
      rule: `floor-${from.floor}-imports-downward`,
      file: `src/${from.room}/use-cases/reach-${to.room}.use-case.ts`,
      imports: `../../${to.room}/index.js`,
    })),
);

const downward = placed.flatMap((from) =>
  placed
    .filter((to) => to.floor < from.floor)
    .map((to) => ({
      file: `src/${from.room}/use-cases/see-${to.room}.use-case.ts`,
      imports: `../../${to.room}/index.js`,
    })),
);

const domain = 'domain-is-pure';
const persistence = 'persistence-speaks-to-the-database-only';
const typeorm = 'typeorm-stays-in-persistence';
const drivers = 'drivers-stay-in-platform';
const stripe = 'stripe-stays-behind-the-gateway';
const http = 'http-stays-at-the-edge';
const door = 'features-meet-at-the-door';
const inside = 'inside-never-sees-the-edges';
const edges = 'edges-call-use-cases';

const probes: Probe[] = [
  ...floorProbes,
  { rule: 'every-room-has-a-floor', file: 'src/gifts/wrap.ts', imports: '../kernel/money.js' },
  { rule: 'kernel-imports-nothing', file: 'src/kernel/platform.ts', imports: '../platform/redis/redis.js' },
  { rule: 'kernel-imports-nothing', file: 'src/kernel/library.ts', imports: 'zod' },
  { rule: 'kernel-imports-nothing', file: 'src/kernel/node.ts', imports: 'node:fs' },
  { rule: 'platform-knows-no-business', file: 'src/platform/audit/order.ts', imports: '../../orders/index.js' },

  {
    rule: door,
    file: 'src/orders/use-cases/inside.use-case.ts',
    imports: '../../cart/use-cases/change-thing.use-case.js',
  },
  { rule: door, file: 'src/orders/orders.module.ts', imports: '../cart/persistence/thing.repository.js' },
  { rule: door, file: 'src/admin/http/inside.controller.ts', imports: '../../webhooks/inbound/thing.facade.js' },
  { rule: 'entry-points-use-the-doors', file: 'src/worker.module.ts', imports: './orders/jobs/thing.processor.js' },
  { rule: 'entry-points-stay-on-top', file: 'src/orders/jobs/entry.ts', imports: '../../api.module.js' },
  { rule: 'entry-points-stay-on-top', file: 'src/platform/http/entry.ts', imports: '../../main.js' },

  { rule: domain, file: 'src/orders/domain/nest.ts', imports: '@nestjs/common' },
  { rule: domain, file: 'src/orders/domain/bullmq.ts', imports: 'bullmq' },
  { rule: domain, file: 'src/orders/domain/node.ts', imports: 'node:crypto' },
  { rule: domain, file: 'src/orders/domain/typeorm.ts', imports: 'typeorm', also: [typeorm] },
  { rule: domain, file: 'src/orders/domain/pg.ts', imports: 'pg', also: [drivers] },
  { rule: domain, file: 'src/orders/domain/ioredis.ts', imports: 'ioredis', also: [drivers] },
  { rule: domain, file: 'src/orders/domain/stripe.ts', imports: 'stripe', also: [stripe] },
  { rule: domain, file: 'src/orders/domain/fastify.ts', imports: 'fastify', also: [http] },
  { rule: domain, file: 'src/orders/domain/platform.ts', imports: '../../platform/redis/redis.js' },
  { rule: domain, file: 'src/orders/domain/use-case.ts', imports: '../use-cases/change-thing.use-case.js' },
  { rule: domain, file: 'src/orders/domain/feature.ts', imports: '../../catalog/index.js' },
  { rule: domain, file: 'src/webhooks/inbound/domain/nest.ts', imports: '@nestjs/common' },

  { rule: persistence, file: 'src/orders/persistence/redis.ts', imports: '../../platform/redis/redis.js' },
  { rule: persistence, file: 'src/orders/persistence/feature.ts', imports: '../../catalog/index.js' },
  { rule: persistence, file: 'src/orders/persistence/use-case.ts', imports: '../use-cases/change-thing.use-case.js' },
  { rule: persistence, file: 'src/orders/persistence/library.ts', imports: 'zod' },

  {
    rule: 'facade-stays-below-use-cases',
    file: 'src/orders/a.facade.ts',
    imports: './use-cases/change-thing.use-case.js',
  },
  { rule: 'facade-stays-below-use-cases', file: 'src/orders/b.facade.ts', imports: './queries/list-things.query.js' },

  { rule: inside, file: 'src/orders/use-cases/http.use-case.ts', imports: '../../platform/http/problem.filter.js' },
  { rule: inside, file: 'src/orders/use-cases/controller.use-case.ts', imports: '../http/things.controller.js' },
  { rule: inside, file: 'src/orders/queries/job.query.ts', imports: '../jobs/thing.processor.js' },
  { rule: inside, file: 'src/webhooks/inbound/use-cases/http.use-case.ts', imports: '../http/things.controller.js' },
  { rule: inside, file: 'src/orders/c.facade.ts', imports: '../platform/http/problem.filter.js' },
  {
    rule: 'reads-never-write',
    file: 'src/orders/queries/write.query.ts',
    imports: '../use-cases/change-thing.use-case.js',
  },

  { rule: edges, file: 'src/orders/http/row.controller.ts', imports: '../persistence/thing.repository.js' },
  { rule: edges, file: 'src/orders/jobs/row.processor.ts', imports: '../persistence/thing.repository.js' },
  { rule: edges, file: 'src/orders/http/facade.controller.ts', imports: '../thing.facade.js' },
  { rule: edges, file: 'src/webhooks/inbound/jobs/row.processor.ts', imports: '../persistence/thing.repository.js' },

  { rule: typeorm, file: 'src/orders/use-cases/orm.use-case.ts', imports: 'typeorm' },
  { rule: typeorm, file: 'src/orders/orm.module.ts', imports: 'typeorm' },
  {
    rule: 'entities-are-registered-in-modules',
    file: 'src/orders/use-cases/inject.use-case.ts',
    imports: '@nestjs/typeorm',
  },
  { rule: 'entities-are-registered-in-modules', file: 'src/platform/outbox/outbox.ts', imports: '@nestjs/typeorm' },
  { rule: typeorm, file: 'src/platform/outbox/relay.ts', imports: 'typeorm' },
  { rule: drivers, file: 'src/orders/jobs/driver.processor.ts', imports: 'ioredis' },
  { rule: drivers, file: 'src/orders/queries/driver.query.ts', imports: 'pg' },
  { rule: drivers, file: 'src/webhooks/broker/jobs/driver.ts', imports: 'kafkajs' },
  { rule: stripe, file: 'src/refunds/use-cases/sdk.use-case.ts', imports: 'stripe' },
  { rule: stripe, file: 'src/payments/use-cases/sdk.use-case.ts', imports: 'stripe' },
  { rule: stripe, file: 'src/reconciliation/use-cases/sdk.use-case.ts', imports: 'stripe' },
  { rule: http, file: 'src/orders/use-cases/dto.use-case.ts', imports: 'class-validator' },
  { rule: http, file: 'src/orders/jobs/openapi.processor.ts', imports: '@nestjs/swagger' },
  { rule: http, file: 'src/platform/outbox/reply.ts', imports: 'fastify' },
  { rule: http, file: 'src/worker.ts', imports: 'nestjs-pino' },

  { rule: 'src-stands-alone', file: 'src/platform/stripe/sandbox.ts', imports: '../../../sandbox/server.js' },
  { rule: 'src-stands-alone', file: 'src/platform/config/tools.ts', imports: '../../../tools/start.js' },
  {
    rule: 'src-stands-alone',
    file: 'src/orders/use-cases/test.use-case.ts',
    imports: '../../../test/support/clock.js',
  },
  { rule: 'sandbox-stands-alone', file: 'sandbox/peek.ts', imports: '../src/kernel/money.js' },
  { rule: 'migrations-stand-alone', file: 'migrations/2-peek.ts', imports: '../src/kernel/money.js' },
  { rule: 'no-cycles', file: 'src/kernel/tick.ts', imports: './tock.js' },
  { rule: 'no-dev-dependency-at-run-time', file: 'src/platform/config/dev.ts', imports: 'fast-check' },
  { rule: 'no-undeclared-package', file: 'tools/hoisted.ts', imports: '@jest/globals' },
  { rule: 'no-unresolvable-import', file: 'test/integration/nowhere.ts', imports: './nowhere-to-be-found.js' },
];

const typeOnly = 'src/orders/use-cases/type-only.use-case.ts';
const leakyDoor = 'src/payments/index.ts';
const orphan = 'src/kernel/forgotten.ts';
const wayBack = 'src/kernel/tock.ts';

const planted: Record<string, string> = {
  ...Object.fromEntries(
    [...probes, ...downward].map(({ file, imports }) => [file, `import '${imports}';\nexport {};\n`]),
  ),
  [typeOnly]: "import type { EntityManager } from 'typeorm';\nexport type Tx = EntityManager;\n",
  [leakyDoor]: `${cleanHouse[leakyDoor] ?? ''}import './persistence/thing.repository.js';\n`,
  [orphan]: 'export {};\n',
  [wayBack]: "import './tick.js';\n",
};

function cruise(files: Readonly<Record<string, string>>): Report {
  const tree = new ProbeTree(files);
  try {
    const configuration = `${projectRoot}/.dependency-cruiser.cjs`;
    const script = 'dependency-cruiser/bin/dependency-cruise.mjs';
    return JSON.parse(
      tree.run(script, '--config', configuration, '-T', 'json', 'src', 'sandbox', 'tools', 'migrations', 'test'),
    );
  } finally {
    tree.remove();
  }
}

describe('import rules', () => {
  let clean: Report;
  let dirty: Report;
  const brokenBy = (file: string): string[] => [
    ...new Set(dirty.summary.violations.filter((violation) => violation.from === file).map(({ rule }) => rule.name)),
  ];

  beforeAll(() => {
    clean = cruise(cleanHouse);
    dirty = cruise({ ...cleanHouse, ...planted });
  }, 60_000);

  it('say nothing about a house that keeps them', () => {
    expect(clean.summary.violations).toEqual([]);
  });

  it.each(probes)('$rule bites $file', ({ rule, file, also = [] }) => {
    expect(brokenBy(file).sort()).toEqual([rule, ...also].sort());
  });

  it.each(downward)('let $file look down', ({ file }) => {
    expect(brokenBy(file)).toEqual([]);
  });

  it('typeorm-stays-in-persistence bites an import of a type alone', () => {
    expect(brokenBy(typeOnly)).toEqual([typeorm]);
  });

  it('doors-hide-persistence bites a door that exports a repository', () => {
    expect(brokenBy(leakyDoor)).toEqual(['doors-hide-persistence']);
  });

  it('no-orphans bites a file that nobody imports', () => {
    expect(brokenBy(orphan)).toEqual(['no-orphans']);
  });

  it('report the planted files alone', () => {
    const reported = new Set(dirty.summary.violations.map(({ from }) => from));

    expect([...reported].filter((file) => !(file in planted))).toEqual([]);
  });

  it('have a probe each', () => {
    const probed = new Set([...probes.map(({ rule }) => rule), 'doors-hide-persistence', 'no-orphans']);

    expect(dirty.summary.ruleSetUsed.forbidden.map(({ name }) => name).sort()).toEqual([...probed].sort());
  });
});
