import { SettlePayments } from '../../../src/checkout/use-cases/settle-payments.use-case.js';
import type { PaymentId } from '../../../src/kernel/id.js';
import { useService } from '../../acceptance/service.js';
import { locksOf } from '../../support/locks.js';
import { recordStatements, type StatementLog } from '../../support/statements.js';
import { cancel, checkOut, freshKey, order, pay, recordPayment } from '../../support/storefront.js';

const service = useService({ committed: true });

const VISA = { payment_method: 'pm_card_visa' };
const DECLINED = { payment_method: 'pm_card_chargeDeclined' };

/** Whose rows wait for whom: a transaction may go down this list and never up. */
const HOUSE_ORDER = ['carts', 'orders', 'payments', 'refunds', 'reservations', 'stock_levels'];

/** The tables that each transaction locked, in the order of their first lock. */
function lockedByTransaction({ all }: StatementLog): string[][] {
  const transactions: string[][] = [];
  for (const statement of all) {
    if (/^\s*(?:start|begin)\b/i.test(statement.text)) transactions.push([]);
    const current = transactions.at(-1) ?? [];
    for (const { table } of locksOf(statement)) {
      if (HOUSE_ORDER.includes(table) && !current.includes(table)) current.push(table);
    }
  }
  return transactions.filter((tables) => tables.length > 0);
}

const inHouseOrder = (tables: readonly string[]) => HOUSE_ORDER.filter((table) => tables.includes(table));

/** Five products with ten units each, by descending id, so that no one asks for them in the order of their locks. */
async function crossedLines() {
  const ids: string[] = [];
  for (let place = 0; place < 5; place += 1) ids.unshift(await service.product({ title: `Product ${place}` }));
  return { ids, lines: ids.map((id) => ({ product_id: id, quantity: 1 })) };
}

async function settle(orderId: string): Promise<void> {
  const [payment] = await service.rows<{ id: PaymentId }>('SELECT id FROM payments WHERE order_id = $1', [orderId]);
  if (!payment) throw new Error(`order ${orderId} has no payment`);
  await service.app.get(SettlePayments, { strict: false }).settle(payment.id);
}

//
describe('stock', () => {
  it('is locked for update by ascending product id, whatever the order of the lines', async () => {
    const { lines } = await crossedLines();
    const buyer = service.customer();
    await buyer.put('/v1/cart', { items: lines }).expect(200);

    const log = await recordStatements(() => checkOut(buyer, VISA).expect(201));

    // Once to hold it, once to sell it. That the order of the lines does not matter, concurrency/stock.spec.ts shows.
    const text = expect.stringContaining('ORDER BY product_id FOR UPDATE OF stock');
    expect(log.locks.filter(({ table, mode }) => table === 'stock_levels' && mode !== 'update')).toEqual([
      expect.objectContaining({ mode: 'for update', skipLocked: false, text }),
      expect.objectContaining({ mode: 'for update', skipLocked: false, text }),
    ]);
  });
});

//
describe('the one lock order of the house', () => {
  const flows: Readonly<Record<string, () => Promise<() => PromiseLike<unknown>>>> = {
    'a checkout that is paid': async () => {
      const buyer = service.customer();
      await buyer.put('/v1/cart', { items: (await crossedLines()).lines }).expect(200);
      return () => checkOut(buyer, VISA).expect(201);
    },
    'a checkout that is declined': async () => {
      const buyer = service.customer();
      await buyer.put('/v1/cart', { items: (await crossedLines()).lines }).expect(200);
      return () => checkOut(buyer, DECLINED).expect(402);
    },
    'paying after a decline': async () => {
      const buyer = service.customer();
      const { body } = await order(buyer, (await crossedLines()).lines, DECLINED);
      return () => pay(buyer, body.order_id, VISA).expect(200);
    },
    'attaching a payment': async () => {
      const buyer = service.customer();
      const { body: waiting } = await order(buyer, (await crossedLines()).lines);
      const charge = { amount: waiting.total_amount, currency: 'usd', ...VISA };
      const { body: payment } = await buyer.post('/v1/payments', charge, { idempotencyKey: freshKey() });
      return () => recordPayment(buyer, waiting.id, payment.id).expect(200);
    },
    'giving up an order with an open intent': async () => {
      const buyer = service.customer();
      await buyer.put('/v1/cart', { items: (await crossedLines()).lines }).expect(200);
      const { body } = await checkOut(buyer, { payment_method: 'pm_card_authenticationRequired' });
      return () => cancel(buyer, body.id).expect(200);
    },
    'a job that learns of a decline': async () => {
      const buyer = service.customer();
      await buyer.put('/v1/cart', { items: (await crossedLines()).lines }).expect(200);
      const { body } = await checkOut(buyer, { payment_method: 'pm_card_authenticationRequired' });
      const [payment] = await service.rows<{ provider_payment_id: string }>(
        'SELECT provider_payment_id FROM payments WHERE order_id = $1',
        [body.id],
      );
      service.stripe.settle(payment?.provider_payment_id ?? '', 'lost_card');
      return () => settle(body.id);
    },
    'a job that learns of the money': async () => {
      const buyer = service.customer();
      const { body } = await order(buyer, (await crossedLines()).lines, {
        payment_method: 'pm_card_authenticationRequired',
      });
      const [payment] = await service.rows<{ provider_payment_id: string }>(
        'SELECT provider_payment_id FROM payments WHERE order_id = $1',
        [body.id],
      );
      service.stripe.settle(payment?.provider_payment_id ?? '');
      return () => settle(body.id);
    },
  };

  it.each(Object.entries(flows))('holds for %s', async (_, prepare) => {
    const run = await prepare();

    const log = await recordStatements(async () => {
      await run();
    });

    const locked = lockedByTransaction(log);
    expect(locked.flat()).toEqual(expect.arrayContaining(['orders', 'reservations', 'stock_levels']));
    expect(locked).toEqual(locked.map(inHouseOrder));
  });
});

describe('a call to Stripe', () => {
  it('is made while no transaction is open', async () => {
    const { lines } = await crossedLines();
    const buyer = service.customer();
    const open: unknown[] = [];
    const create = jest.mocked(service.stripe.sdk.paymentIntents.create);
    const original = create.getMockImplementation();
    create.mockImplementationOnce(async (...call) => {
      open.push(
        ...(await service.rows(
          `SELECT pid FROM pg_stat_activity
           WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
        )),
      );
      if (!original) throw new Error('the SDK is not mocked');
      return original(...call);
    });

    await order(buyer, lines, VISA).expect(201);

    expect(create).toHaveBeenCalledTimes(1);
    expect(open).toEqual([]);
  });
});
