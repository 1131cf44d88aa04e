// No container engine runs where these tests run: they read the files as an engine would, and build nothing.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Script } from 'node:vm';
import { parse } from 'yaml';
import { z } from 'zod';
import { configShape } from '../../src/platform/config/config.schema.js';
import { SERVICE_ENVIRONMENT } from '../../tools/process/service-environment.js';

const root = resolve(__dirname, '../..');
const text = (file: string): string => readFileSync(resolve(root, file), 'utf8');

const serviceSchema = z.object({
  build: z.string().optional(),
  image: z.string(),
  command: z.array(z.string()).optional(),
  restart: z.string(),
  read_only: z.literal(true),
  networks: z.array(z.string()),
  environment: z.record(z.string(), z.string().nullable()).default({}),
  healthcheck: z.union([z.strictObject({ disable: z.literal(true) }), z.looseObject({ test: z.array(z.string()) })]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  user: z.string().optional(),
  privileged: z.literal(false).default(false),
});
const composeSchema = z.object({
  services: z.record(z.string(), serviceSchema),
  networks: z.record(z.string(), z.object({ internal: z.boolean().optional() }).nullable()),
  volumes: z.record(z.string(), z.null()),
});

const { services, networks, volumes } = composeSchema.parse(parse(text('docker-compose.yml'), { merge: true }));
const service = (name: string): z.infer<typeof serviceSchema> => serviceSchema.parse(services[name]);
const application = ['migrate', 'api', 'worker'];
const instructions = text('Dockerfile')
  .replaceAll(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => /^[A-Z]+ /.test(line));

//
describe('docker-compose.yml', () => {
  it('runs the production shape', () => {
    expect(Object.keys(services).sort()).toEqual(['api', 'migrate', 'postgres', 'redis', 'worker']);
    expect(service('api').command).toEqual(['node', 'dist/main.js']);
    expect(service('worker').command).toEqual(['node', 'dist/worker.js']);
    expect(service('migrate').command).toEqual(['node', 'dist/migrate.js']);
    expect(application.map((name) => service(name).build)).toEqual(['.', '.', '.']);
  });

  it('pins images to a major version', () => {
    expect(service('postgres').image).toBe('postgres:18');
    expect(service('redis').image).toBe('redis:7');
  });

  it('has a health check on everything that keeps running, and the migrations run once', () => {
    const checked = Object.keys(services).filter((name) => 'test' in service(name).healthcheck);

    expect(checked.sort()).toEqual(['api', 'postgres', 'redis', 'worker']);
    expect(service('migrate').restart).toBe('no');
  });

  it.each(['api', 'worker'])('checks the health of %s with a script that parses', (name) => {
    const { test } = z.object({ test: z.array(z.string()) }).parse(service(name).healthcheck);

    expect(test.slice(0, 3)).toEqual(['CMD', 'node', '-e']);
    expect(test).toHaveLength(4);
    expect(() => new Script(test[3] ?? '')).not.toThrow();
  });

  it('starts the application after the migrations, and those after PostgreSQL', () => {
    const waits = {
      migrate: { condition: 'service_completed_successfully' },
      postgres: { condition: 'service_healthy' },
      redis: { condition: 'service_healthy' },
    };

    expect(service('api').depends_on).toEqual(waits);
    expect(service('worker').depends_on).toEqual(waits);
    expect(service('migrate').depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
  });

  it.each(['POSTGRES_PASSWORD', 'JWT_SECRET', 'SVC_INTERNAL_KEY', 'STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET'])(
    'asks for %s and has no default for it',
    (name) => {
      const uses =
        text('docker-compose.yml')
          .match(/\$\{[^}]*\}/g)
          ?.filter((use) => use.startsWith(`\${${name}`)) ?? [];

      expect(uses.length).toBeGreaterThan(0);
      expect(uses.filter((use) => !use.startsWith(`\${${name}:?`))).toEqual([]);
    },
  );

  it('hands the application every variable of its configuration, and none that it does not know', () => {
    // Only `npm start` uses DATA_DIR.
    const known = Object.keys(configShape).filter((name) => name !== 'DATA_DIR');

    for (const name of application) expect(Object.keys(service(name).environment).sort()).toEqual(known.sort());
  });

  it('keeps jobs: no eviction, an append-only file, volumes that are declared', () => {
    const redis = service('redis').command?.join(' ');

    expect(redis).toBe('redis-server --appendonly yes --maxmemory-policy noeviction');
    expect(service('postgres').volumes).toEqual(['postgres-data:/var/lib/postgresql']);
    expect(service('redis').volumes).toEqual(['redis-data:/data']);
    expect(Object.keys(volumes).sort()).toEqual(['postgres-data', 'redis-data']);
  });

  it('lets nobody but the application reach PostgreSQL and Redis, and publishes the API on loopback', () => {
    expect(networks.internal).toEqual({ internal: true });
    for (const name of ['postgres', 'redis', 'migrate']) expect(service(name).networks).toEqual(['internal']);
    for (const name of ['postgres', 'redis', 'migrate', 'worker']) expect(service(name).ports).toEqual([]);
    expect(service('api').ports).toEqual(['${HOST:-127.0.0.1}:${PORT:-3000}:3000']);
  });
});

describe('Dockerfile', () => {
  it('starts from a pinned image in every stage', () => {
    expect(instructions.filter((line) => line.startsWith('FROM '))).toEqual([
      'FROM node:22-slim AS build',
      'FROM node:22-slim',
    ]);
  });

  it('installs from the lock file, builds, and keeps only what production needs', () => {
    const runs = instructions.filter((line) => line.startsWith('RUN '));

    expect(runs).toEqual([
      'RUN npm ci --no-audit --no-fund',
      'RUN npm run build',
      'RUN npm ci --omit=dev --no-audit --no-fund',
    ]);
  });

  it('gives a process the environment that it was measured with', () => {
    const [environment = ''] = instructions.filter((line) => line.startsWith('ENV '));

    for (const [name, value] of Object.entries(SERVICE_ENVIRONMENT))
      expect(environment).toContain(` ${name}=${value} `);
  });

  it('runs the API as an unprivileged user, with a health check', () => {
    const last = instructions.slice(instructions.lastIndexOf('FROM node:22-slim'));

    expect(last.filter((line) => line.startsWith('USER '))).toEqual(['USER node']);
    expect(last.some((line) => line.startsWith('HEALTHCHECK '))).toBe(true);
    expect(last.at(-1)).toBe('CMD ["node", "dist/main.js"]');
  });

  it('holds no secret and copies only what .dockerignore lets in', () => {
    const allowed = text('.dockerignore').match(/^!.*/gm);
    const copied = instructions.filter((line) => line.startsWith('COPY ') && !line.includes('--from='));

    expect(text('Dockerfile')).not.toMatch(/SECRET|PASSWORD|TOKEN|_KEY/);
    expect(allowed).toEqual([
      '!package.json',
      '!package-lock.json',
      '!nest-cli.json',
      '!tsconfig*.json',
      '!migrations',
      '!src',
    ]);
    expect(copied).toEqual([
      'COPY package.json package-lock.json ./',
      'COPY nest-cli.json tsconfig.json tsconfig.build.json tsconfig.migrations.json ./',
      'COPY migrations ./migrations',
      'COPY src ./src',
    ]);
  });
});
