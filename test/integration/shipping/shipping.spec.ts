import { newId } from '../../../src/kernel/id.js';
import { sql, together, type Tx } from '../../../src/platform/database/index.js';
import {
  ShippingFacade,
  type ShippingQuote,
  type ShippingRequest,
  ShippingUnavailable,
} from '../../../src/shipping/index.js';
import { ShippingRepository } from '../../../src/shipping/persistence/shipping.repository.js';
import { withRollback } from '../../support/database.js';

const shipping = new ShippingFacade(new ShippingRepository());

async function quote(tx: Tx, request: ShippingRequest): Promise<ShippingQuote> {
  const { rates } = await together(tx, { rates: shipping.askRates(request.address) });
  return shipping.quote(rates, request);
}

/** Answers whether the order's shipment moved. */
async function makeReady(tx: Tx, orderId: string): Promise<boolean> {
  const { shipments } = await together(tx, { shipments: shipping.askShipment(orderId) });
  const [shipment] = shipments;
  return shipment !== undefined && (await shipping.makeReady(tx, shipment)) !== shipment;
}

const address = { line1: '1 Main St', city: 'Somewhere', postal_code: '12345' };

//
describe('a shipping quote', () => {
  const db = withRollback();

  it.each([
    ['us_west', { country: 'US', state: 'CA' }, [599, 649, 1_049]],
    ['us_central', { country: 'US', state: 'TX' }, [699, 759, 1_239]],
    ['us_central', { country: 'US', state: 'DC' }, [699, 759, 1_239]],
    ['us_east', { country: 'us', state: 'ny' }, [799, 874, 1_474]],
    ['international', { country: 'DE' }, [1_999, 2_199, 3_799]],
    ['international', { country: 'US', state: 'PR' }, [1_999, 2_199, 3_799]],
  ])('to %s %j costs %j for 1, 2 and 10 units', async (zone, place, amounts) => {
    const quotes = [];
    for (const quantity of [1, 2, 10]) {
      quotes.push(await quote(db.tx, { address: { ...address, ...place }, currency: 'usd', quantity }));
    }

    expect(quotes).toEqual(amounts.map((amount) => ({ zone, amount })));
  });

  it('comes from the table', async () => {
    await sql(db.tx, `UPDATE shipping_rates SET first_item = 1000, further_item = 7 WHERE zone = 'us_west'`);

    const offer = await quote(db.tx, {
      address: { ...address, country: 'US', state: 'CA' },
      currency: 'usd',
      quantity: 3,
    });

    expect(offer).toEqual({ zone: 'us_west', amount: 1_014 });
  });

  it('is refused in a currency without a rate, until the table has one', async () => {
    const request = { address: { ...address, country: 'DE' }, currency: 'eur', quantity: 2 };

    const refused = quote(db.tx, request);

    await expect(refused).rejects.toThrow(ShippingUnavailable);
    await expect(refused).rejects.toMatchObject({
      kind: 'invalid',
      details: { zone: 'international', currency: 'eur' },
    });
    await sql(db.tx, `INSERT INTO shipping_rates VALUES ('international', 'eur', 1500, 100)`);
    expect(await quote(db.tx, request)).toEqual({ zone: 'international', amount: 1_600 });
  });
});

//
describe('a shipment', () => {
  const db = withRollback();
  const shipments = () => sql(db.tx, 'SELECT order_id, zone, status, tracking FROM shipments ORDER BY id');

  it('goes from pending_payment over ready to shipped, with its tracking', async () => {
    const orderId = newId('ord');
    const tracking = { carrier: 'UPS', number: '1Z', url: 'https://ups.example/1Z' };

    const { id } = await shipping.draft(db.tx, { orderId, zone: 'us_east' });
    const drafted = await shipments();
    const ready = await makeReady(db.tx, orderId);
    const packed = await shipments();
    const shipped = await shipping.markShipped(db.tx, orderId, tracking);

    expect(id).toMatch(/^shp_/);
    expect(drafted).toEqual([{ orderId, zone: 'us_east', status: 'pending_payment', tracking: null }]);
    expect([ready, shipped]).toEqual([true, true]);
    expect(packed).toEqual([{ orderId, zone: 'us_east', status: 'ready', tracking: null }]);
    expect(await shipments()).toEqual([{ orderId, zone: 'us_east', status: 'shipped', tracking }]);
  });

  it('exists once for an order', async () => {
    const orderId = newId('ord');
    await shipping.draft(db.tx, { orderId, zone: 'us_east' });

    const twice = async (): Promise<void> => {
      await shipping.draft(db.tx, { orderId, zone: 'us_west' });
      await shipments();
    };

    await expect(twice()).rejects.toThrow('shipments_order_id_key');
  });

  it('does not ship before it is paid, and forgets the tracking of the attempt', async () => {
    const orderId = newId('ord');
    await shipping.draft(db.tx, { orderId, zone: 'us_east' });
    const before = await shipments();

    const moved = await shipping.markShipped(db.tx, orderId, { number: '1Z' });

    expect(moved).toBe(false);
    expect(await shipments()).toEqual(before);
  });

  it('stays shipped, whatever comes after', async () => {
    const orderId = newId('ord');
    await shipping.draft(db.tx, { orderId, zone: 'us_east' });
    await makeReady(db.tx, orderId);
    await shipping.markShipped(db.tx, orderId, null);
    const before = await shipments();

    const moves = [
      await makeReady(db.tx, orderId),
      await shipping.markShipped(db.tx, orderId, { number: '2' }),
      await shipping.cancel(db.tx, orderId),
    ];

    expect(moves).toEqual([false, false, false]);
    expect(await shipments()).toEqual(before);
  });

  it('can be cancelled before it is shipped, and stays so', async () => {
    const [draft, ready] = [newId('ord'), newId('ord')];
    await shipping.draft(db.tx, { orderId: draft, zone: 'us_east' });
    await shipping.draft(db.tx, { orderId: ready, zone: 'us_east' });
    await makeReady(db.tx, ready);

    const moves = [
      await shipping.cancel(db.tx, draft),
      await shipping.cancel(db.tx, ready),
      await shipping.cancel(db.tx, ready),
      await makeReady(db.tx, draft),
    ];

    expect(moves).toEqual([true, true, false, false]);
    expect(await shipments()).toMatchObject([{ status: 'cancelled' }, { status: 'cancelled' }]);
  });

  it('of another order is left alone', async () => {
    const [mine, other] = [newId('ord'), newId('ord')];
    await shipping.draft(db.tx, { orderId: mine, zone: 'us_east' });
    await shipping.draft(db.tx, { orderId: other, zone: 'us_west' });

    await makeReady(db.tx, mine);

    expect(await shipments()).toMatchObject([{ status: 'ready' }, { status: 'pending_payment' }]);
  });

  it('is not missed where an order has none', async () => {
    expect(await makeReady(db.tx, newId('ord'))).toBe(false);
  });
});
