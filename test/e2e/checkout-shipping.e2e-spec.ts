import { startApi, type TestApi } from '../support/api.js';
import { stockedProduct, US_ADDRESS } from '../support/shop.js';
import { buyCart, checkOut, everything, order } from '../support/storefront.js';

let api: TestApi;
let mug: string;
let plate: string;
beforeAll(async () => {
  api = await startApi({ stripe: true });
  mug = await stockedProduct(api, { unitPrice: 1_000, onHand: 10_000 });
  plate = await stockedProduct(api, { unitPrice: 500, onHand: 10_000 });
});
afterAll(() => api.close());

/** So many units, the last of them a plate: two lines as soon as there are two units. */
const lines = (units: number) =>
  [
    { product_id: mug, quantity: units - 1 },
    { product_id: plate, quantity: 1 },
  ].filter(({ quantity }) => quantity > 0);

const inState = (state: string) => ({ ...US_ADDRESS, state });
const BERLIN = { line1: 'Unter den Linden 1', city: 'Berlin', postal_code: '10117', country: 'DE' };

//
describe('the price of sending a parcel', () => {
  it.each([
    ['us_west', inState('CA'), 1, 599],
    ['us_west', inState('CA'), 2, 649],
    ['us_west', inState('HI'), 5, 799],
    ['us_west', inState('co'), 1, 599],
    ['us_central', inState('TX'), 1, 699],
    ['us_central', inState('IL'), 3, 819],
    ['us_central', inState('DC'), 2, 759],
    ['us_east', inState('NY'), 1, 799],
    ['us_east', inState('FL'), 4, 1_024],
    ['international', inState('PR'), 1, 1_999],
    ['international', inState('GU'), 2, 2_199],
    ['international', BERLIN, 1, 1_999],
    ['international', BERLIN, 3, 2_399],
    ['international', { ...BERLIN, country: 'de' }, 2, 2_199],
  ])('%s: to %o, %i units', async (zone, address, units, shipping) => {
    const subtotal = (units - 1) * 1_000 + 500;

    const answer = await buyCart(api.customer(), lines(units), { shipping_address: address, provider: 'manual' });

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      subtotal,
      shipping_total: shipping,
      total_amount: subtotal + shipping,
      shipment: { zone, status: 'pending_payment' },
    });
  });

  it('is nothing without an address, and then there is no parcel', async () => {
    const answer = await order(api.customer(), lines(3), { payment_method: 'pm_card_visa' });

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      status: 'paid',
      shipping_total: 0,
      total_amount: 2_500,
      shipping_address: null,
      shipment: null,
    });
  });

  it('is added to an order without a cart as well', async () => {
    const answer = await order(api.customer(), lines(3), { shipping_address: inState('NJ') });

    expect(answer.body).toMatchObject({ shipping_total: 949, total_amount: 3_449, shipment: { zone: 'us_east' } });
  });
});

//
describe('the parcel of an order', () => {
  it('waits for the money, is ready when it is there, and shipped when it is fulfilled', async () => {
    const buyer = api.customer();
    const { body: waiting } = await buyCart(buyer, lines(2), { provider: 'manual' });
    const { body: paid } = await api
      .admin()
      .patch(`/v1/orders/${waiting.id}/pay`, { transaction_id: 'till 7' }, { idempotencyKey: 'parcel-paid' });
    const tracking = { carrier: 'DHL', number: '00340434161094', url: 'https://dhl.example/00340434161094' };

    const shipped = await api.admin().post(`/v1/admin/orders/${waiting.id}/fulfill`, { tracking });

    expect(waiting.shipment).toMatchObject({ status: 'pending_payment', tracking: null });
    expect(paid.shipment).toEqual({ ...waiting.shipment, status: 'ready' });
    expect(shipped.status).toBe(200);
    expect(shipped.body.shipment).toEqual({ ...waiting.shipment, status: 'shipped', tracking });
  });
});

describe('an address', () => {
  it('is kept as the buyer wrote it, with its codes in upper case', async () => {
    const address = {
      ...{ line1: '350 5th Ave', line2: 'Floor 3', city: 'New York', state: 'ny', postal_code: '10118-0110' },
      ...{ country: 'us', name: 'Renée Ωmega 👩‍🍳', phone: '+1 212 555 0100' },
    };

    const answer = await buyCart(api.customer(), lines(1), { shipping_address: address, provider: 'manual' });

    expect(answer.status).toBe(201);
    expect(answer.body.shipping_address).toEqual({ ...address, state: 'NY', country: 'US' });
  });

  it.each([
    ['state', { ...US_ADDRESS, state: undefined }],
    ['state', inState('')],
    ['state', inState('California')],
    ['state', inState('XX')],
    ['postal_code', { ...US_ADDRESS, postal_code: '9410' }],
    ['postal_code', { ...US_ADDRESS, postal_code: '941055' }],
    ['postal_code', { ...US_ADDRESS, postal_code: '94105-12' }],
    ['postal_code', { ...US_ADDRESS, postal_code: 'ABCDE' }],
    ['postal_code', { ...US_ADDRESS, postal_code: '94105\n' }],
    ['country', { ...US_ADDRESS, country: 'ZZ' }],
    ['country', { ...US_ADDRESS, country: 'USA' }],
    ['country', { ...US_ADDRESS, country: '' }],
    ['line1', { ...US_ADDRESS, line1: 'a\u0000b' }],
    ['city', { ...US_ADDRESS, city: '\ud800' }],
    ['name', { ...US_ADDRESS, name: 'card 4242 4242 4242 4242' }],
  ])('is refused for its %s: %j', async (member, address) => {
    const buyer = api.customer();
    await buyer.put('/v1/cart', { items: lines(2) }).expect(200);
    const before = await everything(api);

    const answer = await checkOut(buyer, { shipping_address: address, payment_method: 'pm_card_visa' });

    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({
      code: 'validation_failed',
      errors: [{ field: `shipping_address.${member}` }],
    });
    expect(await everything(api)).toEqual(before);
  });
});

describe('a currency without a shipping rate', () => {
  it('cannot be sent, and the cart stays', async () => {
    const tasse = await stockedProduct(api, { currency: 'eur' });
    const buyer = api.customer();
    await buyer.put('/v1/cart', { items: [{ product_id: tasse, quantity: 1 }] }).expect(200);
    const before = await everything(api);

    const answer = await checkOut(buyer, { shipping_address: BERLIN, payment_method: 'pm_card_visa' });

    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'shipping_unavailable', zone: 'international', currency: 'eur' });
    expect(await everything(api)).toEqual(before);
  });

  it('can be sold without an address', async () => {
    const tasse = await stockedProduct(api, { currency: 'eur', unitPrice: 990 });

    const answer = await order(api.customer(), [{ product_id: tasse, quantity: 2 }], {
      payment_method: 'pm_card_visa',
    });

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ status: 'paid', currency: 'eur', total_amount: 1_980, shipping_total: 0 });
  });
});
