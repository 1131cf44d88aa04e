import { createHash, randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import { domainError } from '../../src/kernel/domain-error.js';
import { loadConfig } from '../../src/platform/config/index.js';
import { sql, type Tx } from '../../src/platform/database/index.js';
import type { Answer, Claim, IdempotentCall } from '../../src/platform/idempotency/index.js';
import { Idempotency } from '../../src/platform/idempotency/idempotency.js';
import { IdempotencyRepository } from '../../src/platform/idempotency/idempotency.repository.js';
import { PruneIdempotencyKeys } from '../../src/platform/idempotency/prune-idempotency-keys.js';
import { RedisStore } from '../../src/platform/redis/index.js';
import { useOwnDatabase } from '../support/database.js';
import { eventually } from '../support/poll.js';
import { useRedis } from '../support/redis.js';
import { recordStatements } from '../support/statements.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';

class OutOfPaint extends domainError({ code: 'out_of_paint', kind: 'conflict', summary: 'No paint is left.' }) {}
class NotANumber extends domainError({ code: 'not_a_number', kind: 'invalid', summary: 'Never remembered here.' }) {}

interface Painted {
  readonly id: string;
  readonly colour: string;
}
type Work = (claim: Claim<Painted>) => Promise<unknown>;

// real commits, so a database of its own.
const own = useOwnDatabase();
const redis = useRedis();
let store: RedisStore;
const keys = new IdempotencyRepository();

function idempotency(): Idempotency {
  const config = loadConfig({
    DATABASE_URL: own.url,
    REDIS_URL: proxy.url,
    JWT_SECRET: randomBytes(32).toString('hex'),
    SVC_INTERNAL_KEY: randomBytes(16).toString('hex'),
  });
  store = new RedisStore(config);
  return new Idempotency(config, own.database, store, keys);
}

let proxy: TcpProxy;
let service: Idempotency;
let keyOfTest = '';
beforeAll(async () => {
  // What is said about a Redis that is taken away is no part of these tests.
  Logger.overrideLogger(false);
  proxy = await startTcpProxy(redis.url);
  await own.database.read('CREATE TABLE walls (id text PRIMARY KEY, colour text NOT NULL)');
  service = idempotency();
  await redisIs(true);
});
beforeEach(async () => {
  // A copy for Redis that the test before wrote late must not answer for this one.
  keyOfTest = randomBytes(8).toString('hex');
  await own.truncateAll();
});
afterAll(async () => {
  store.onApplicationShutdown();
  await proxy.stop();
});

const redisIs = (reachable: boolean) =>
  eventually(async () => expect(await store.isReachable()).toBe(reachable), { withinMs: 10_000 });

const call = (changes: Partial<IdempotentCall<Painted>['request']> = {}): IdempotentCall<Painted> => ({
  request: { scope: 'alice POST /v1/walls', key: keyOfTest, fingerprint: 'red', ...changes },
  present: (result) => ({
    status: 201,
    body: { id: result.id, colour: result.colour, unique: randomBytes(8).toString('hex') },
  }),
  refuse: (error) => (error.code === 'out_of_paint' ? { status: 409, body: { code: error.code } } : undefined),
});

const paint = (tx: Tx, id: string, colour: string) =>
  sql(tx, 'INSERT INTO walls (id, colour) VALUES ($1, $2)', [id, colour]);
const walls = () => own.database.read<{ id: string; colour: string }>('SELECT id, colour FROM walls ORDER BY id');
const rows = () => own.database.read('SELECT status, fence, subject_id FROM idempotency_keys');

/** Everything in one transaction, like a change of stock. */
const inOneStep =
  (colour = 'red'): Work =>
  (claim) =>
    own.database.transaction(async (tx) => {
      const id = await claim.take(tx);
      await paint(tx, id, colour);
      await claim.finish(tx, { id, colour }, id);
    });

/** A gate that a run waits at until the test lets it go on. */
function gate(): { readonly reached: Promise<void>; readonly passed: Promise<void>; reach(): void; pass(): void } {
  let reach = (): void => undefined;
  let pass = (): void => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const passed = new Promise<void>((resolve) => (pass = resolve));
  return { reached, passed, reach: () => reach(), pass: () => pass() };
}

/** Claims and commits, then works outside of any transaction, then records: like a payment. */
const inTwoSteps =
  (stop: ReturnType<typeof gate>, colour = 'red'): Work =>
  async (claim) => {
    const id = await own.database.transaction((tx) => claim.take(tx));
    stop.reach();
    await stop.passed;
    await own.database.transaction(async (tx) => {
      await paint(tx, `${id}-${colour}`, colour);
      await claim.finish(tx, { id, colour }, id);
    });
  };

/** A run that must end where it takes the key. */
const never: Work = (claim) =>
  own.database.transaction(async (tx) => {
    await claim.take(tx);
    throw new Error('a repeated request must not run');
  });
const lapse = () => own.database.read(`UPDATE idempotency_keys SET lease_until = now() - interval '1 second'`);
const cached = async (): Promise<string[]> => {
  const digest = createHash('sha256').update(`alice POST /v1/walls\n${keyOfTest}`).digest('base64url');
  return redis.client.keys(`idempotency:${digest}`);
};

describe('the same key and the same request', () => {
  //
  it('gets the first answer, byte for byte, and takes effect once', async () => {
    const first = await service.once(call(), inOneStep());

    const second = await service.once(call(), never);

    expect(first).toMatchObject({ status: 201, replayed: false });
    expect(second).toEqual({ ...first, replayed: true });
    expect(await walls()).toEqual([{ id: first.subjectId, colour: 'red' }]);
  });

  //
  it('is answered from Redis without asking PostgreSQL', async () => {
    const first = await service.once(call(), inOneStep());
    await eventually(async () => expect(await cached()).toHaveLength(1));
    let second: Answer | undefined;

    const log = await recordStatements(async () => {
      second = await service.once(call(), never);
    });

    expect(log.count).toBe(0);
    expect(second).toEqual({ ...first, replayed: true });
  });

  //
  it('is answered from PostgreSQL when Redis has lost everything', async () => {
    const first = await service.once(call(), inOneStep());
    await eventually(async () => expect(await cached()).toHaveLength(1));
    await redis.client.flushall();

    const second = await service.once(call(), never);

    expect(second).toEqual({ ...first, replayed: true });
    expect(await walls()).toHaveLength(1);
  });

  //
  it('works while Redis is gone', async () => {
    await proxy.cut();
    await redisIs(false);
    const first = await service.once(call(), inOneStep());

    const second = await service.once(call(), never);

    await proxy.restore();
    await redisIs(true);
    expect(second).toEqual({ ...first, replayed: true });
    expect(await walls()).toHaveLength(1);
  });

  it('is not misled by what somebody else wrote into Redis', async () => {
    const first = await service.once(call(), inOneStep());
    const [key = ''] = await eventually(async () => {
      expect(await cached()).toHaveLength(1);
      return cached();
    });
    await redis.client.set(key, 'not JSON');

    const second = await service.once(call(), never);

    expect(second).toEqual({ ...first, replayed: true });
  });

  it('takes effect once when it comes many times at once', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => service.once(call(), inOneStep())));

    const answers = outcomes.filter((outcome) => outcome.status === 'fulfilled').map(({ value }) => value);
    const refusals = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason.code);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(refusals.filter((code) => code !== 'idempotency_key_in_use')).toEqual([]);
    expect(await walls()).toHaveLength(1);
  });
});

describe('the same key and another request', () => {
  it('is refused and not executed', async () => {
    await service.once(call(), inOneStep());

    const other = service.once(call({ fingerprint: 'blue' }), inOneStep('blue'));

    await expect(other).rejects.toMatchObject({ code: 'idempotency_key_reused', kind: 'invalid' });
    expect(await walls()).toMatchObject([{ colour: 'red' }]);
  });

  it('is refused while the first one still runs', async () => {
    const stop = gate();
    const first = service.once(call(), inTwoSteps(stop));
    await stop.reached;

    await expect(service.once(call({ fingerprint: 'blue' }), inOneStep('blue'))).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });

    stop.pass();
    await first;
  });

  it('runs where it is another principal’s or another route’s', async () => {
    const scopes = ['alice POST /v1/walls', 'bob POST /v1/walls', 'alice POST /v1/doors'];

    const answers = [];
    for (const scope of scopes) answers.push(await service.once(call({ scope }), inOneStep()));

    expect(answers.map(({ replayed }) => replayed)).toEqual([false, false, false]);
    expect(await walls()).toHaveLength(3);
  });
});

describe('a key in use', () => {
  it('is told at once, while the first transaction is open', async () => {
    const stop = gate();
    const first = service.once(call(), (claim) =>
      own.database.transaction(async (tx) => {
        const id = await claim.take(tx);
        stop.reach();
        await stop.passed;
        await paint(tx, id, 'red');
        await claim.finish(tx, { id, colour: 'red' }, id);
      }),
    );
    await stop.reached;

    const second = service.once(call(), never);

    await expect(second).rejects.toMatchObject({
      code: 'idempotency_key_in_use',
      kind: 'conflict',
      details: { retry_after_seconds: 1 },
    });
    stop.pass();
    expect(await first).toMatchObject({ status: 201, replayed: false });
    expect(await service.once(call(), never)).toMatchObject({ status: 201, replayed: true });
  });

  it('is told between the two transactions of the first run', async () => {
    const stop = gate();
    const first = service.once(call(), inTwoSteps(stop));
    await stop.reached;

    await expect(service.once(call(), never)).rejects.toMatchObject({ code: 'idempotency_key_in_use' });

    stop.pass();
    expect(await first).toMatchObject({ status: 201, replayed: false });
  });
});

describe('a refusal', () => {
  const refused: Work = (claim) =>
    own.database.transaction(async (tx) => {
      const id = await claim.take(tx);
      await paint(tx, id, 'red');
      throw new OutOfPaint('No red paint is left.', { order_id: 'ord_1' });
    });

  it('that is definite is remembered, although its transaction was undone', async () => {
    const first = await service.once(call(), refused);

    const second = await service.once(call(), never);

    expect(first).toMatchObject({ status: 409, body: '{"code":"out_of_paint"}', replayed: false, subjectId: 'ord_1' });
    expect(second).toEqual({ ...first, replayed: true });
    expect(await walls()).toEqual([]);
    expect(await rows()).toEqual([{ status: 'finished', fence: 1, subjectId: 'ord_1' }]);
  });

  it('that is definite is remembered after the key was committed as well', async () => {
    const first = await service.once(call(), async (claim) => {
      await own.database.transaction((tx) => claim.take(tx));
      throw new OutOfPaint('No red paint is left.');
    });

    expect(await service.once(call(), never)).toEqual({ ...first, replayed: true });
  });

  it('that a repeat may well escape is not remembered', async () => {
    const failing: Work = (claim) =>
      own.database.transaction(async (tx) => {
        await claim.take(tx);
        throw new NotANumber('x is not a number.');
      });

    await expect(service.once(call(), failing)).rejects.toMatchObject({ code: 'not_a_number' });

    expect(await service.once(call(), inOneStep())).toMatchObject({ status: 201, replayed: false });
  });

  it('before the key was taken leaves no trace', async () => {
    const early: Work = () => Promise.reject(new OutOfPaint('No paint at all.'));

    await expect(service.once(call(), early)).rejects.toMatchObject({ code: 'out_of_paint' });

    expect(await rows()).toEqual([]);
  });
});

describe('an unexpected failure', () => {
  it('is not remembered, and a repeat may go on at once', async () => {
    const failing: Work = async (claim) => {
      await own.database.transaction((tx) => claim.take(tx));
      throw new Error('socket hang up');
    };

    await expect(service.once(call(), failing)).rejects.toThrow('socket hang up');

    expect(await service.once(call(), inOneStep())).toMatchObject({ status: 201, replayed: false });
    expect(await rows()).toMatchObject([{ status: 'finished', fence: 2 }]);
  });

  it('is a run that ends without an answer', async () => {
    await expect(service.once(call(), () => Promise.resolve())).rejects.toThrow('ended without an answer');
  });
});

describe('a run that died after it claimed the key', () => {
  it('keeps others out until its lease ends, which is soon', async () => {
    const died = gate();
    void service.once(call(), inTwoSteps(died));
    await died.reached;

    await expect(service.once(call(), never)).rejects.toMatchObject({ code: 'idempotency_key_in_use' });

    const [lease] = await own.database.read<{ seconds: number }>(
      'SELECT extract(epoch FROM lease_until - created_at)::integer AS seconds FROM idempotency_keys',
    );
    expect(lease?.seconds).toBeGreaterThanOrEqual(15);
    expect(lease?.seconds).toBeLessThanOrEqual(25);
  });

  it('is taken over after its lease, under the same id', async () => {
    const died = gate();
    void service.once(call(), inTwoSteps(died));
    await died.reached;
    const [left] = await own.database.read<{ id: string }>('SELECT id FROM idempotency_keys');
    await lapse();

    const seen: { id?: string; takeOver?: boolean } = {};
    const answer = await service.once(call(), (claim) =>
      own.database.transaction(async (tx) => {
        seen.id = await claim.take(tx);
        seen.takeOver = claim.isTakeOver;
        await claim.finish(tx, { id: seen.id, colour: 'red' }, seen.id);
      }),
    );

    expect(seen).toEqual({ id: left?.id, takeOver: true });
    expect(answer).toMatchObject({ status: 201, replayed: false });
  });

  it('is taken over by one of several', async () => {
    const died = gate();
    void service.once(call(), inTwoSteps(died));
    await died.reached;
    await lapse();

    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => service.once(call(), inOneStep())));

    const answers = outcomes.filter((outcome) => outcome.status === 'fulfilled').map(({ value }) => value);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await walls()).toHaveLength(1);
  });

  it('can neither record an answer nor take effect once it was overtaken', async () => {
    const slow = gate();
    const first = service.once(call(), inTwoSteps(slow, 'late'));
    await slow.reached;
    await lapse();
    const second = await service.once(call(), inOneStep());

    slow.pass();

    await expect(first).rejects.toMatchObject({ code: 'idempotency_key_in_use' });
    expect(await walls()).toMatchObject([{ colour: 'red' }]);
    expect(await service.once(call(), never)).toEqual({ ...second, replayed: true });
  });
});

describe('a run that asks at the moment at which it takes the key', () => {
  /** Where the key is new, its question is answered with the wall, which stays locked. */
  const asking =
    (seen: unknown[], stop?: ReturnType<typeof gate>): Work =>
    (claim) =>
      own.database.transaction(async (tx) => {
        const ask = () => sql(tx, `SELECT colour FROM walls WHERE id = 'shared' FOR UPDATE`);
        seen.push((await claim.takeAsking(tx, ask)) ?? 'not asked');
        stop?.reach();
        await stop?.passed;
        await claim.finish(tx, { id: claim.id, colour: 'red' }, claim.id);
      });
  beforeEach(() => own.database.transaction((tx) => paint(tx, 'shared', 'green')));

  it('needs one packet for both, and one to end', async () => {
    const seen: unknown[] = [];
    const query = jest.spyOn(pg.Client.prototype, 'query');
    const answer = await service.once(call(), asking(seen));
    const packets = query.mock.calls.length;
    query.mockRestore();

    expect([packets, seen]).toEqual([2, [[{ colour: 'green' }]]]);
    expect(answer).toMatchObject({ status: 201, replayed: false });
  });

  it('gets the first answer where it repeats another, and asks nothing', async () => {
    const first = await service.once(call(), asking([]));
    await redis.client.flushall();
    const seen: unknown[] = [];

    expect(await service.once(call(), asking(seen))).toEqual({ ...first, replayed: true });
    await expect(service.once(call({ fingerprint: 'blue' }), asking(seen))).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
    expect(seen).toEqual([]);
  });

  it('is told at once of a key in use, without a wait for what it would lock', async () => {
    const stop = gate();
    const first = service.once(call(), asking([], stop));
    await stop.reached;

    await expect(service.once(call(), asking([]))).rejects.toMatchObject({ code: 'idempotency_key_in_use' });

    stop.pass();
    expect(await first).toMatchObject({ status: 201, replayed: false });
  });

  it('asks nothing where it takes over, before it has seen what the first run left', async () => {
    const died = gate();
    void service.once(call(), inTwoSteps(died));
    await died.reached;
    await lapse();
    const seen: unknown[] = [];

    const answer = await service.once(call(), asking(seen));

    expect(seen).toEqual(['not asked']);
    expect(answer).toMatchObject({ status: 201, replayed: false });
    expect(await rows()).toMatchObject([{ status: 'finished', fence: 2 }]);
  });

  it('is remembered where its question refuses it', async () => {
    const refused: Work = (claim) =>
      own.database.transaction((tx) => claim.takeAsking(tx, () => Promise.reject(new OutOfPaint('No paint.'))));

    const first = await service.once(call(), refused);

    expect(first).toMatchObject({ status: 409, replayed: false });
    expect(await service.once(call(), never)).toEqual({ ...first, replayed: true });
  });

  it('fails where its question fails, and a repeat may go on at once', async () => {
    const failing: Work = (claim) =>
      own.database.transaction((tx) => claim.takeAsking(tx, () => sql(tx, 'SELECT 1 / 0')));

    await expect(service.once(call(), failing)).rejects.toThrow('division by zero');

    expect(await service.once(call(), asking([]))).toMatchObject({ status: 201, replayed: false });
  });
});

describe('a key past its time', () => {
  const expire = () => own.database.read(`UPDATE idempotency_keys SET expires_at = now() - interval '1 second'`);

  it('may be used for another request', async () => {
    await service.once(call(), inOneStep());
    await expire();

    const answer = await service.once(call({ fingerprint: 'blue' }), inOneStep('blue'));

    expect(answer).toMatchObject({ status: 201, replayed: false });
    expect(await walls()).toHaveLength(2);
  });

  it('is forgotten in Redis as well', async () => {
    await service.once(call(), inOneStep());

    const [key = ''] = await eventually(async () => {
      expect(await cached()).toHaveLength(1);
      return cached();
    });

    const seconds = await redis.client.ttl(key);
    expect(seconds).toBeGreaterThan(86_390);
    expect(seconds).toBeLessThanOrEqual(86_400);
  });

  it('is pruned, and no other', async () => {
    await service.once(call(), inOneStep());
    await expire();
    await service.once(call({ key: 'key-2' }), inOneStep());
    const prune = new PruneIdempotencyKeys(own.database, keys);

    const pruned = [await prune.execute(), await prune.execute()];

    expect(pruned).toEqual([1, 0]);
    expect(await own.database.read('SELECT key FROM idempotency_keys')).toEqual([{ key: 'key-2' }]);
  });

  it('is pruned in batches', async () => {
    await own.database.read(
      `INSERT INTO idempotency_keys (id, scope, key, fingerprint, lease_until, expires_at)
       SELECT 'idk_' || n, 's', n::text, 'f', now(), now() - interval '1 hour' FROM generate_series(1, 1200) n`,
    );
    const prune = new PruneIdempotencyKeys(own.database, keys);

    const pruned = [await prune.execute(), await prune.execute(), await prune.execute()];

    expect(pruned).toEqual([1_000, 200, 0]);
  });
});
