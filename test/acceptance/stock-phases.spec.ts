import { useService } from './service.js';

const service = useService();

interface Reservation {
  readonly id: string;
  readonly status: string;
}

async function reserve(product: string, quantity: number, reference: string): Promise<Reservation> {
  const { body } = await service
    .internal()
    .post('/v1/inventory/reservations', { reference, items: [{ product_id: product, quantity }] })
    .expect(201);
  return body;
}

describe('stock in two phases', () => {
  //
  it('lowers what is available while it is held, and what is on hand once it is committed', async () => {
    const product = await service.product({ onHand: 10 });

    const held = await reserve(product, 4, 'warehouse-1');
    expect(await service.stock(product)).toEqual({ on_hand: 10, reserved: 4 });
    // A real time to live of a real Redis: fake timers cannot move it, so its length is read instead of waited for.
    const ttl = await service.redis.client.ttl(`reservation:${held.id}`);
    expect(ttl).toBeGreaterThan(890);
    expect(ttl).toBeLessThanOrEqual(900);

    await service.internal().post(`/v1/inventory/reservations/${held.id}/commit`).expect(200);
    expect(await service.stock(product)).toEqual({ on_hand: 6, reserved: 0 });
    expect(await service.redis.client.exists(`reservation:${held.id}`)).toBe(0);
  });

  //
  it('gives back what is released, once, and refuses to commit it afterwards', async () => {
    const product = await service.product({ onHand: 3 });
    const held = await reserve(product, 3, 'warehouse-2');

    const released = await service.internal().post(`/v1/inventory/reservations/${held.id}/release`).expect(200);
    const twice = await service.internal().post(`/v1/inventory/reservations/${held.id}/release`).expect(200);
    const late = await service.internal().post(`/v1/inventory/reservations/${held.id}/commit`).expect(409);

    expect([released.body.status, twice.body.status]).toEqual(['released', 'released']);
    expect(late.body).toMatchObject({ code: 'reservation_not_active', current_status: 'released' });
    expect(await service.stock(product)).toEqual({ on_hand: 3, reserved: 0 });
  });

  //
  it('holds nothing where one of several items is short', async () => {
    const plenty = await service.product({ onHand: 5 });
    const few = await service.product({ onHand: 1 });
    const items = [
      { product_id: plenty, quantity: 5 },
      { product_id: few, quantity: 2 },
    ];

    const refused = await service
      .internal()
      .post('/v1/inventory/reservations', { reference: 'warehouse-3', items })
      .expect(409);

    expect(refused.body.code).toBe('insufficient_stock');
    expect(await service.stock(plenty)).toEqual({ on_hand: 5, reserved: 0 });
    expect(await service.stock(few)).toEqual({ on_hand: 1, reserved: 0 });
  });
});
