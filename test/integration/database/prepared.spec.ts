import { Logger } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { sql, type Tx } from '../../../src/platform/database/index.js';
import { useOwnDatabase } from '../../support/database.js';
import { runStatements } from '../../support/test-databases.js';

const own = useOwnDatabase();
const ZONES = 'SELECT * FROM shipping_rates WHERE zone = $1';
const zone = (tx: Tx) => sql<{ zone: string }>(tx, ZONES, ['us_west']);

/** A text of its own: the other test makes the service prepare its text anew, and the connection keeps the old one. */
const RATES = 'SELECT first_item FROM shipping_rates WHERE zone = $1';
const rate = (tx: Tx) => sql(tx, RATES, ['us_west']);

const preparedTexts = (tx: Tx) =>
  sql<{ statement: string }>(tx, 'SELECT statement FROM pg_prepared_statements WHERE statement = $1', [RATES]);

describe('a statement of a transaction', () => {
  it('is prepared once on its connection, however often it runs', async () => {
    const prepared = await own.database.transaction(async (tx) => {
      await rate(tx);
      await rate(tx);
      return preparedTexts(tx);
    });

    expect(prepared).toEqual([{ statement: RATES }]);
  });

  it('goes on after a migration that gave its table another column', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const before = await own.database.transaction(zone);
    await runStatements(own.url, 'ALTER TABLE shipping_rates ADD COLUMN note text');
    const after = await own.database.transaction(zone);
    await runStatements(own.url, 'ALTER TABLE shipping_rates DROP COLUMN note');
    const warnings: unknown[] = warn.mock.calls.flat();
    warn.mockRestore();

    expect(before).toMatchObject([{ zone: 'us_west', firstItem: 599 }]);
    expect(after).toMatchObject([{ zone: 'us_west', firstItem: 599, note: null }]);
    const reason: unknown = expect.stringContaining('cached plan must not change result type');
    for (const warning of warnings) expect(warning).toEqual({ msg: 'transaction_rerun', run: 1, reason });
  });

  it('fails with the error and the code of PostgreSQL', async () => {
    const failing = own.database.transaction((tx) => sql(tx, 'SELECT 1 / $1::int AS never', [0]));

    await expect(failing).rejects.toThrow(QueryFailedError);
    await expect(failing).rejects.toMatchObject({ message: 'division by zero', driverError: { code: '22012' } });
  });
});
