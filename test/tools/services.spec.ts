import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { processMark } from '../../tools/process/identity.js';
import { startPostgres, startRedis, type Service } from '../../tools/services.js';

const started: Service[] = [];
const folders: string[] = [];

async function keep(service: Promise<Service>): Promise<Service> {
  const running = await service;
  started.push(running);
  return running;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-services-'));
  folders.push(folder);
  // Started by root, PostgreSQL runs under another account, which has to pass through.
  chmodSync(folder, 0o711);
  return folder;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

beforeEach(() => {
  delete process.env.DATABASE_URL;
  delete process.env.REDIS_URL;
  process.env.HOLDFAST_FORCE_JS_REDIS = '1';
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((service) => service.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe('startPostgres', () => {
  it('serves a UTF-8 database with locale C and leaves no process behind', async () => {
    const postgres = await keep(startPostgres({ database: 'first_test', durable: false }));

    const rows = await query(
      postgres.url,
      `SELECT current_database() AS name, pg_encoding_to_char(encoding) AS encoding, datcollate, current_setting('fsync') AS fsync
       FROM pg_database WHERE datname = current_database()`,
    );
    await postgres.stop();

    expect(rows).toEqual([{ name: 'first_test', encoding: 'UTF8', datcollate: 'C', fsync: 'off' }]);
    expect(postgres.kind).toBe('embedded');
    expect(processMark(postgres.pid ?? 0)).toBeUndefined();
  });

  it('keeps durable data over a restart, asks for the password and has fsync on', async () => {
    const dir = join(temporaryFolder(), 'postgres');
    const options = { dir, database: 'kept_test', durable: true, password: 'a "word" of/our own' };

    const first = await keep(startPostgres(options));
    await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS value');
    await first.stop();
    const second = await keep(startPostgres(options));
    const rows = await query(second.url, "SELECT value, current_setting('fsync') AS fsync FROM kept");
    const stranger = new URL(second.url);
    stranger.password = 'wrong';

    expect(rows).toEqual([{ value: 7, fsync: 'on' }]);
    await expect(query(stranger.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('starts after a kill, although the lock file is there and its pid belongs to somebody else', async () => {
    const dir = join(temporaryFolder(), 'postgres');
    const first = await keep(startPostgres({ dir, database: 'killed_test', durable: true }));
    await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS value');
    process.kill(first.pid ?? NaN, 'SIGKILL');
    await first.exited;
    writeFileSync(join(dir, 'postmaster.pid'), `${process.pid}\n${dir}\n1\n5432\n\n127.0.0.1\n 1 1\nready   \n`);

    const second = await keep(startPostgres({ dir, database: 'killed_test', durable: true }));

    expect(await query(second.url, 'SELECT value FROM kept')).toEqual([{ value: 7 }]);
  });

  it('refuses a folder on which another server runs, and takes it over when it is told to', async () => {
    const dir = join(temporaryFolder(), 'postgres');
    const first = await keep(startPostgres({ dir, database: 'one_test', durable: true }));

    await expect(startPostgres({ dir, database: 'one_test', durable: true })).rejects.toThrow(
      `A PostgreSQL server (pid ${first.pid ?? 0}) already runs on ${dir}: stop it first, or choose another folder.`,
    );
    const second = await keep(startPostgres({ dir, database: 'one_test', durable: true, whenRunning: 'stop' }));

    expect(await first.exited).toEqual({ code: 0, signal: null });
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('leaves a server of the environment alone', async () => {
    process.env.DATABASE_URL = 'postgres://somebody@db.invalid/theirs';

    const postgres = await startPostgres({ database: 'ours_test', durable: false });
    await postgres.stop();

    expect(postgres).toMatchObject({ url: 'postgres://somebody@db.invalid/theirs', kind: 'env' });
    expect(postgres.pid).toBeUndefined();
  });
});

describe('startRedis', () => {
  it('serves sixteen databases on loopback without a redis-server on the machine', async () => {
    const service = await keep(startRedis());
    const redis = new Redis(`${service.url}/15`, { maxRetriesPerRequest: 0, lazyConnect: true });
    try {
      await redis.connect();
      await redis.set('key', 'value', 'EX', 900);

      expect(await redis.get('key')).toBe('value');
      expect(await redis.ttl('key')).toBe(900);
      expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    } finally {
      redis.disconnect();
    }
    await service.stop();
    expect(service.kind).toBe('js-redis-server');
    expect(processMark(service.pid ?? 0)).toBeUndefined();
  });

  it('leaves a server of the environment alone', async () => {
    process.env.REDIS_URL = 'redis://redis.invalid:6379/3';

    const service = await startRedis();
    await service.stop();

    expect(service).toMatchObject({ url: 'redis://redis.invalid:6379/3', kind: 'env' });
  });
});
