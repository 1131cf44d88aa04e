import pg from 'pg';
import {
  Database,
  inOnePacket,
  isDatabaseUnavailable,
  later,
  sql,
  StaleRead,
  together,
  type Tx,
} from '../../../src/platform/database/index.js';
import { useOwnDatabase, withRollback } from '../../support/database.js';
import { runStatements } from '../../support/test-databases.js';
import { recordStatements } from '../../support/statements.js';

const own = useOwnDatabase();

beforeAll(() =>
  runStatements(own.url, 'CREATE TABLE boxes (id text PRIMARY KEY, units bigint NOT NULL CHECK (units >= 0))'),
);
beforeEach(() => runStatements(own.url, 'TRUNCATE boxes'));

const put = (tx: Tx, name: string, id: string, units: number): Promise<void> =>
  later(tx, { name, ctes: `${name} AS (INSERT INTO boxes VALUES ($1, $2))`, parameters: [id, units] });
const take = (tx: Tx, id: string): Promise<void> =>
  later(tx, {
    name: 'take',
    ctes: 'taken AS (UPDATE boxes SET units = units - 1 WHERE id = $1 RETURNING id)',
    parameters: [id],
    must: { cte: 'taken', rows: 1 },
  });
const boxes = () => runStatements(own.url, 'SELECT id, units::integer AS units FROM boxes ORDER BY id');
const textsOf = async (work: () => Promise<unknown>): Promise<string[]> =>
  (await recordStatements(work)).all.map(({ text }) => text.replace(/\s+/g, ' '));

describe('one statement alone', () => {
  const fill = (tx: Tx, id: string) => sql(tx, 'INSERT INTO boxes VALUES ($1, 1)', [id]);

  it('is a transaction without BEGIN and COMMIT', async () => {
    const texts = await textsOf(() => own.database.alone((tx) => fill(tx, 'a')));

    expect(texts).toEqual(['INSERT INTO boxes VALUES ($1, 1)']);
    expect(await boxes()).toEqual([{ id: 'a', units: 1 }]);
  });

  it('that fails does nothing, and leaves its connection to others', async () => {
    await own.database.alone((tx) => fill(tx, 'a'));

    await expect(own.database.alone((tx) => fill(tx, 'a'))).rejects.toThrow('boxes_pkey');
    await own.database.transaction((tx) => fill(tx, 'b'));

    expect(await boxes()).toEqual([
      { id: 'a', units: 1 },
      { id: 'b', units: 1 },
    ]);
  });

  it('is not followed by another one, which would be a transaction of its own', async () => {
    const two = own.database.alone(async (tx) => {
      await fill(tx, 'a');
      await fill(tx, 'b');
    });

    await expect(two).rejects.toThrow('one statement alone');
    expect(await boxes()).toEqual([{ id: 'a', units: 1 }]);
  });
});

describe('what is to be written last', () => {
  it('is a statement of its own in the same packet', async () => {
    const texts = await textsOf(() =>
      own.database.transaction(async (tx) => {
        const ctes = `last AS (INSERT INTO boxes VALUES ('z', 1))`;
        await later(tx, { name: 'last', last: true, ctes, parameters: [] });
        await put(tx, 'one', 'a', 1);
      }),
    );

    expect(texts).toEqual([
      'BEGIN',
      'WITH one AS (INSERT INTO boxes VALUES ($1, $2)) SELECT ',
      `WITH last AS (INSERT INTO boxes VALUES ('z', 1)) SELECT `,
      'COMMIT',
    ]);
  });

  it('says itself what it could not do', async () => {
    const outcome = own.database.transaction(async (tx) => {
      await put(tx, 'one', 'a', 1);
      const ctes = `taken AS (UPDATE boxes SET units = 2 WHERE id = 'gone' RETURNING id)`;
      await later(tx, { name: 'last', last: true, ctes, parameters: [], must: { cte: 'taken', rows: 1 } });
    });

    await expect(outcome).rejects.toThrow('of last something was not written');
    expect(await boxes()).toEqual([]);
  });
});

describe('what was seen without a lock', () => {
  it('and has changed by the time of the writing makes the work run again', async () => {
    await runStatements(own.url, `INSERT INTO boxes VALUES ('a', 0)`);
    const runs: boolean[] = [];

    await own.database.transaction(async (tx) => {
      runs.push(own.database.isRerun(tx));
      const id = own.database.isRerun(tx) ? 'a' : 'gone';
      await later(tx, {
        name: 'fill',
        ctes: 'filled AS (UPDATE boxes SET units = units + 1 WHERE id = $1 RETURNING id)',
        parameters: [id],
        must: { cte: 'filled', rows: 1, orRerun: true },
      });
    });

    expect(runs).toEqual([false, true]);
    expect(await boxes()).toEqual([{ id: 'a', units: 1 }]);
  });

  it('does so as well where questions leave with the writing', async () => {
    await runStatements(own.url, `INSERT INTO boxes VALUES ('a', 0)`);
    const runs: boolean[] = [];

    await own.database.transaction(async (tx) => {
      runs.push(own.database.isRerun(tx));
      await later(tx, {
        name: 'fill',
        last: true,
        ctes: 'filled AS (UPDATE boxes SET units = units + 1 WHERE id = $1 RETURNING id)',
        parameters: [own.database.isRerun(tx) ? 'a' : 'gone'],
        must: { cte: 'filled', rows: 1, orRerun: true },
      });
      await inOnePacket(sql(tx, 'SELECT units FROM boxes'), sql(tx, 'SELECT id FROM boxes'));
    });

    expect(runs).toEqual([false, true]);
    expect(await boxes()).toEqual([{ id: 'a', units: 1 }]);
  });

  it('and goes on to change ends as if the database could not serve just now', async () => {
    let runs = 0;

    const outcome = own.database.transaction(async (tx) => {
      runs += 1;
      await later(tx, {
        name: 'fill',
        ctes: `filled AS (UPDATE boxes SET units = 1 WHERE id = 'gone' RETURNING id)`,
        parameters: [],
        must: { cte: 'filled', rows: 1, orRerun: true },
      });
    });

    await expect(outcome).rejects.toThrow(StaleRead);
    expect(runs).toBe(3);
    expect(isDatabaseUnavailable(await outcome.catch((error: unknown) => error))).toBe(true);
  });
});

describe('what is written later', () => {
  it('is one statement at the end of the transaction', async () => {
    const texts = await textsOf(() =>
      own.database.transaction(async (tx) => {
        await put(tx, 'one', 'a', 1);
        await put(tx, 'two', 'b', 2);
      }),
    );

    expect(texts).toEqual([
      'BEGIN',
      'WITH one AS (INSERT INTO boxes VALUES ($1, $2)), two AS (INSERT INTO boxes VALUES ($3, $4)) SELECT ',
      'COMMIT',
    ]);
    expect(await boxes()).toEqual([
      { id: 'a', units: 1 },
      { id: 'b', units: 2 },
    ]);
  });

  it('is there before the transaction asks anything', async () => {
    const seen = await own.database.transaction(async (tx) => {
      await put(tx, 'one', 'a', 1);
      const rows = await sql(tx, 'SELECT id FROM boxes');
      await put(tx, 'one', 'b', 2);
      const asked = await together(tx, { all: { text: 'SELECT id FROM boxes ORDER BY id', parameters: [] } });
      return [rows, asked.all];
    });

    expect(seen).toEqual([[{ id: 'a' }], [{ id: 'a' }, { id: 'b' }]]);
  });

  it('under one name is done one after the other', async () => {
    await own.database.transaction(async (tx) => {
      await sql(tx, `INSERT INTO boxes VALUES ('a', 2)`);
      await take(tx, 'a');
      await take(tx, 'a');
    });

    expect(await boxes()).toEqual([{ id: 'a', units: 0 }]);
  });

  it('undoes everything where it breaks a rule, and says which', async () => {
    const broken = own.database.transaction(async (tx) => {
      await sql(tx, `INSERT INTO boxes VALUES ('a', 1)`);
      await put(tx, 'one', 'b', -1);
    });

    await expect(broken).rejects.toThrow('boxes_units_check');
    expect(await boxes()).toEqual([]);
  });

  it('undoes everything where a row that must be written is not', async () => {
    const broken = own.database.transaction(async (tx) => {
      await put(tx, 'one', 'a', 1);
      await take(tx, 'nowhere');
    });

    await expect(broken).rejects.toThrow('of one, take something was not written');
    expect(await boxes()).toEqual([]);
  });

  it('is forgotten where the transaction fails before', async () => {
    const broken = own.database.transaction(async (tx) => {
      await put(tx, 'one', 'a', 1);
      throw new Error('enough');
    });

    await expect(broken).rejects.toThrow('enough');
    expect(await boxes()).toEqual([]);
  });
});

describe('a transaction', () => {
  it('that asks nothing sends nothing', async () => {
    expect(await textsOf(() => own.database.transaction(async () => 'done'))).toEqual([]);
  });

  it('that goes on after a failed statement is not taken for a success', async () => {
    const careless = own.database.transaction(async (tx) => {
      await sql(tx, `INSERT INTO boxes VALUES ('a', 1)`);
      await sql(tx, 'SELECT 1 / 0').catch(() => undefined);
    });

    await expect(careless).rejects.toThrow('the transaction was undone');
    expect(await boxes()).toEqual([]);
  });

  it('leaves a connection that the next one can use, however it ended', async () => {
    const fail = () => own.database.transaction((tx) => sql(tx, 'SELECT 1 / 0'));
    for (let run = 0; run < 20; run += 1) await expect(fail()).rejects.toThrow('division by zero');

    await own.database.transaction((tx) => put(tx, 'one', 'a', 1));

    expect(await boxes()).toHaveLength(1);
  });
});

describe('statements of the same moment', () => {
  const insert = (tx: Tx, id: string, units: number) => sql(tx, 'INSERT INTO boxes VALUES ($1, $2)', [id, units]);
  const count = (tx: Tx) => sql<{ boxes: number }>(tx, 'SELECT count(*) AS boxes FROM boxes');

  it('run in their order, each after the one before, and after what waits to be written', async () => {
    const answers = await own.database.transaction(async (tx) => {
      await put(tx, 'one', 'a', 1);
      return inOnePacket(count(tx), insert(tx, 'b', 2), count(tx));
    });

    expect(answers).toEqual([[{ boxes: 1 }], [], [{ boxes: 2 }]]);
  });

  it('leave with BEGIN in one packet, and the last writing with COMMIT in another', async () => {
    const query = jest.spyOn(pg.Client.prototype, 'query');
    await own.database.transaction(async (tx) => {
      await inOnePacket(count(tx), insert(tx, 'a', 1));
      await put(tx, 'one', 'b', 1);
    });
    const calls = query.mock.calls.length;
    query.mockRestore();

    expect(calls).toBe(2);
  });

  it('are undone where one of them fails, which tells why', async () => {
    const broken = own.database.transaction((tx) =>
      inOnePacket(insert(tx, 'a', 1), insert(tx, 'b', -1), insert(tx, 'c', 1)),
    );

    await expect(broken).rejects.toThrow('boxes_units_check');
    expect(await boxes()).toEqual([]);
  });

  it('are all answered where a later one of them fails', async () => {
    const broken = own.database.transaction(async (tx) => {
      await put(tx, 'one', 'a', 1);
      await sql(tx, 'SELECT 1 / 0');
    });

    await expect(broken).rejects.toThrow('division by zero');
    expect(await boxes()).toEqual([]);
  });

  it('can be the same twice, and others that failed before', async () => {
    const early = (tx: Tx) => sql(tx, 'SELECT id FROM crates');
    await expect(own.database.transaction(early)).rejects.toThrow('"crates" does not exist');
    await runStatements(own.url, 'CREATE TABLE crates (id text)', `INSERT INTO crates VALUES ('a')`);

    const answers = await own.database.transaction((tx) => inOnePacket(early(tx), early(tx), count(tx), count(tx)));
    await runStatements(own.url, 'DROP TABLE crates');

    expect(answers).toEqual([[{ id: 'a' }], [{ id: 'a' }], [{ boxes: 0 }], [{ boxes: 0 }]]);
  });

  it('fail where a number is too large to be exact', async () => {
    const large = own.database.transaction(async (tx) => {
      await insert(tx, 'a', 1);
      await sql(tx, 'SELECT 9007199254740993 AS units');
    });

    await expect(large).rejects.toThrow('9007199254740993 is beyond exact integers');
    expect(await boxes()).toEqual([]);
  });

  it('fail with the connection', async () => {
    let cutting: Promise<unknown> | undefined;
    const cut = own.database.transaction(async (tx) => {
      const [{ pid } = { pid: 0 }] = await sql<{ pid: number }>(tx, 'SELECT pg_backend_pid() AS pid');
      cutting = runStatements(own.url, `SELECT pg_terminate_backend(${pid})`);
      await inOnePacket(sql(tx, 'SELECT pg_sleep(60)'), insert(tx, 'a', 1));
    });

    await expect(cut).rejects.toThrow(/terminat/);
    await cutting;
    expect(await boxes()).toEqual([]);
  });
});

describe('questions that are asked together', () => {
  it('are answered each for itself, with numbers, texts and nothing', async () => {
    await own.database.transaction((tx) => put(tx, 'one', 'a', 2 ** 53 - 1));

    const answers = await own.database.transaction((tx) =>
      together(tx, {
        some: { text: 'SELECT id, units AS left_units FROM boxes WHERE units > $1 FOR UPDATE', parameters: [1] },
        none: { text: 'SELECT id FROM boxes WHERE id = $1 AND units > $2', parameters: ['b', 0] },
      }),
    );

    expect(answers).toEqual({ some: [{ id: 'a', leftUnits: 2 ** 53 - 1 }], none: [] });
  });

  it('lock rows in the order in which they are asked', async () => {
    await own.database.transaction(async (tx) => {
      await put(tx, 'one', 'a', 1);
      await put(tx, 'two', 'b', 1);
    });
    const lock = (id: string) => ({ text: 'SELECT id FROM boxes WHERE id = $1 FOR UPDATE', parameters: [id] });
    const inOrder = () => own.database.transaction((tx) => together(tx, { first: lock('b'), second: lock('a') }));

    await expect(Promise.all(Array.from({ length: 50 }, inOrder))).resolves.toHaveLength(50);
  });
});

describe('a transaction inside of another one', () => {
  const inside = withRollback();

  it('keeps nothing of what it was to write when it is undone', async () => {
    const database: Database = inside.database;
    await sql(inside.tx, 'CREATE TABLE boxes (id text PRIMARY KEY, units bigint)');
    const broken = database.transaction(async (tx) => {
      await put(tx, 'one', 'a', 1);
      throw new Error('enough');
    });

    await expect(broken).rejects.toThrow('enough');
    await database.transaction((tx) => put(tx, 'one', 'b', 1));

    expect(await sql(inside.tx, 'SELECT id FROM boxes')).toEqual([{ id: 'b' }]);
  });
});
