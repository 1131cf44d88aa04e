import { CartFacade } from '../../../src/cart/index.js';
import { CartRepository } from '../../../src/cart/persistence/cart.repository.js';
import { CartQuery } from '../../../src/cart/queries/cart.query.js';
import { inOnePacket, together, type Tx } from '../../../src/platform/database/index.js';
import { POOL_SIZE, useOwnDatabase } from '../../support/database.js';
import { eventually } from '../../support/poll.js';
import { addProduct, type ProductOptions, type TestProduct } from '../../support/products.js';
import { recordStatements } from '../../support/statements.js';

const own = useOwnDatabase();
const carts = new CartRepository();
const facade = new CartFacade(carts);

beforeEach(() => own.truncateAll());

const product = (options: ProductOptions = {}): Promise<TestProduct> =>
  addProduct((text, parameters) => own.database.read(text, [...parameters]), options);
const cartOf = (customerId: string) => new CartQuery(own.database).find(customerId);
const take = (customerId: string) => own.database.transaction((tx) => takeIn(tx, customerId));
const restore = (customerId: string, lines: readonly Line[]) =>
  own.database.transaction((tx) => facade.restore(tx, customerId, lines));

interface Line {
  readonly productId: string;
  readonly quantity: number;
}

/** As a checkout does. */
async function takeIn(tx: Tx, customerId: string) {
  const [cart, { lines }] = await inOnePacket(
    facade.lock(tx, customerId),
    together(tx, { lines: facade.askLines(customerId) }),
  );
  if (!cart || lines.length === 0) return undefined;
  await facade.empty(tx, cart);
  return { cartId: cart.id, version: cart.version, lines };
}

async function fill(customerId: string, lines: readonly Line[]): Promise<void> {
  await own.database.transaction((tx) => carts.replace(tx, customerId, lines));
}

async function waitForBlockedStatement(): Promise<void> {
  await eventually(async () => {
    const blocked = await own.database.read(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    expect(blocked).toHaveLength(1);
  });
}

describe('taking a cart for checkout', () => {
  it('answers lines and version as they were and leaves an empty cart with the next version', async () => {
    const [mug, plate] = [await product(), await product()];
    const lines = [
      { productId: plate.id, quantity: 1 },
      { productId: mug.id, quantity: 2 },
    ];
    await fill('alice', lines);
    const { id } = await cartOf('alice');

    const taken = await take('alice');

    expect(taken).toEqual({ cartId: id, version: 1, lines });
    expect(await cartOf('alice')).toMatchObject({ id, items: [], version: 2 });
  });

  it('changes nothing where there is nothing', async () => {
    const mug = await product();
    await fill('alice', [{ productId: mug.id, quantity: 1 }]);
    await take('alice');

    const again = await take('alice');
    const never = await take('bob');

    expect(again).toBeUndefined();
    expect(never).toBeUndefined();
    expect(await cartOf('alice')).toMatchObject({ items: [], version: 2 });
    expect(await own.database.read('SELECT customer_id FROM carts')).toEqual([{ customerId: 'alice' }]);
  });

  it('gives the lines back when the checkout rolls back', async () => {
    const mug = await product();
    await fill('alice', [{ productId: mug.id, quantity: 1 }]);
    const before = await cartOf('alice');

    const checkout = own.database.transaction(async (tx) => {
      await takeIn(tx, 'alice');
      throw new Error('no stock');
    });

    await expect(checkout).rejects.toThrow('no stock');
    expect(await cartOf('alice')).toEqual(before);
  });

  it('gives the lines to one of two checkouts', async () => {
    const mug = await product();
    await fill('alice', [{ productId: mug.id, quantity: 3 }]);

    const taken = await Promise.all([take('alice'), take('alice')]);

    expect(taken.filter((one) => one !== undefined)).toHaveLength(1);
    expect(await cartOf('alice')).toMatchObject({ items: [], version: 2 });
  });

  it('locks the cart before anything else', async () => {
    const mug = await product();
    await fill('alice', [{ productId: mug.id, quantity: 1 }]);

    const log = await recordStatements(() => take('alice'));

    expect(log.locks[0]).toMatchObject({ table: 'carts', mode: 'for update' });
  });

  it('makes a change of the cart wait until the checkout ends', async () => {
    const [mug, plate] = [await product(), await product()];
    await fill('alice', [{ productId: mug.id, quantity: 1 }]);
    let change: Promise<void> | undefined;

    const taken = await own.database.transaction(async (tx) => {
      const lines = await takeIn(tx, 'alice');
      change = fill('alice', [{ productId: plate.id, quantity: 4 }]);
      await waitForBlockedStatement();
      return lines;
    });
    await change;

    expect(taken?.lines).toEqual([{ productId: mug.id, quantity: 1 }]);
    expect(await cartOf('alice')).toMatchObject({ items: [{ productId: plate.id, quantity: 4 }], version: 3 });
  });
});

describe('restoring a cart', () => {
  it('puts the lines back in their order and raises the version', async () => {
    const [mug, plate] = [await product(), await product()];
    await fill('alice', [
      { productId: plate.id, quantity: 1 },
      { productId: mug.id, quantity: 2 },
    ]);
    const taken = await take('alice');

    await restore('alice', taken?.lines ?? []);

    expect(await cartOf('alice')).toMatchObject({
      items: [
        { productId: plate.id, quantity: 1 },
        { productId: mug.id, quantity: 2 },
      ],
      version: 3,
    });
  });

  it('leaves a cart alone that was filled meanwhile', async () => {
    const [mug, plate] = [await product(), await product()];
    await fill('alice', [{ productId: mug.id, quantity: 1 }]);
    const taken = await take('alice');
    await fill('alice', [{ productId: plate.id, quantity: 1 }]);
    const before = await cartOf('alice');

    await restore('alice', taken?.lines ?? []);

    expect(await cartOf('alice')).toEqual(before);
  });

  it('passes over products that were deleted or archived meanwhile', async () => {
    const [mug, archived, deleted] = [await product(), await product(), await product()];
    await fill(
      'alice',
      [mug, archived, deleted].map(({ id }) => ({ productId: id, quantity: 1 })),
    );
    const taken = await take('alice');
    await own.database.read('UPDATE products SET active = false, archived_at = now() WHERE id = $1', [archived.id]);
    await own.database.read('DELETE FROM products WHERE id = $1', [deleted.id]);

    await restore('alice', taken?.lines ?? []);

    const { items, version } = await cartOf('alice');
    expect(items.map(({ productId }) => productId)).toEqual([mug.id]);
    expect(version).toBe(3);
  });

  it('changes nothing where nothing can be put back', async () => {
    await restore('nobody', [{ productId: (await product()).id, quantity: 1 }]);

    expect(await own.database.read('SELECT id FROM carts')).toEqual([]);
  });
});

describe('the row of a cart', () => {
  it('is made once by many first changes at the same time', async () => {
    const mug = await product();
    const customers = Array.from({ length: 40 }, (_, index) => `${'c'.repeat(150_000)}${index}`);

    // Only inserts that overlap show it. PostgreSQL packs such long ids on the way into the table, which takes it a while.
    for (const customer of customers) {
      await Promise.all(Array.from({ length: POOL_SIZE }, () => fill(customer, [{ productId: mug.id, quantity: 1 }])));
    }

    const made = await Promise.all(customers.map((customer) => cartOf(customer)));
    expect(made).toHaveLength(customers.length);
    for (const cart of made) expect(cart).toMatchObject({ items: [{ quantity: 1 }], version: POOL_SIZE });
  });

  it('is never shared, should two customers ever get one id', async () => {
    const { id } = await cartOf('alice');
    await own.database.read(`INSERT INTO carts (id, customer_id) VALUES ($1, 'mallory')`, [id]);

    const change = own.database.transaction((tx) => carts.lockForChange(tx, 'alice'));

    await expect(change).rejects.toThrow(`cart ${id} belongs to another customer`);
  });
});
