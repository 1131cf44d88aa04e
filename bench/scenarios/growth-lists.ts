/** An order that is there, picked at random, by everything that lists can be asked for. */
export interface PickedOrder {
  readonly id: string;
  readonly number: string;
  readonly customer_id: string;
  readonly email: string;
  readonly sku: string;
  readonly created_at: Date;
  /** Headers of the customer whose order it is. */
  readonly authorization: string;
}

export interface ListRequest {
  readonly path: string;
  readonly authorization: string;
}

const DAY_MS = 86_400_000;
const STATUSES = ['created', 'payment_failed', 'paid', 'fulfilled', 'cancelled', 'refunded', 'archived'];
const PAYMENT_STATUSES = ['unpaid', 'processing', 'paid', 'refunded', 'failed', 'review'];
const SORTS = ['created_at', '-created_at', 'total_amount', '-total_amount'];

type Admin = (order: PickedOrder) => Readonly<Record<string, string>>;

/** The admin's list with every filter and sort that the API offers, alone and two together. */
const ADMIN_LISTS: Readonly<Record<string, Admin>> = {
  'no filter': () => ({}),
  'behind an order': ({ id }) => ({ starting_after: id }),
  ...Object.fromEntries(SORTS.map((sort): [string, Admin] => [`sort=${sort}`, () => ({ sort })])),
  'behind an order, sort=-total_amount': ({ id }) => ({ starting_after: id, sort: '-total_amount' }),
  ...Object.fromEntries(STATUSES.map((status): [string, Admin] => [`status=${status}`, () => ({ status })])),
  ...Object.fromEntries(
    PAYMENT_STATUSES.map((status): [string, Admin] => [`payment_status=${status}`, () => ({ payment_status: status })]),
  ),
  customer_id: ({ customer_id }) => ({ customer_id }),
  'q=number': ({ number }) => ({ q: number }),
  'q=id': ({ id }) => ({ q: id }),
  'q=email': ({ email }) => ({ q: email }),
  'q=sku': ({ sku }) => ({ q: sku }),
  'created in a day': (order) => dayOf(order),
  'created in a day, sort=-total_amount': (order) => ({ ...dayOf(order), sort: '-total_amount' }),
  'status=paid, sort=-total_amount': () => ({ status: 'paid', sort: '-total_amount' }),
  'status=created, payment_status=unpaid': () => ({ status: 'created', payment_status: 'unpaid' }),
  'customer_id, sort=total_amount': ({ customer_id }) => ({ customer_id, sort: 'total_amount' }),
};

/** What is read while a shop grows, by name: each makes a request about an order that was picked. */
export function readsOf(admin: string): Readonly<Record<string, (order: PickedOrder) => ListRequest>> {
  const lists = Object.entries(ADMIN_LISTS).map(([name, query]) => {
    const request = (order: PickedOrder): ListRequest => ({
      path: `/v1/admin/orders?${new URLSearchParams(query(order)).toString()}`,
      authorization: admin,
    });
    return [`admin list, ${name}`, request] as const;
  });
  return {
    'order history': ({ authorization }) => ({ path: '/v1/orders', authorization }),
    'order history, second page': ({ authorization }) => ({ path: '/v1/orders?limit=10&offset=10', authorization }),
    'one order': ({ id, authorization }) => ({ path: `/v1/orders/${id}`, authorization }),
    ...Object.fromEntries(lists),
  };
}

function dayOf({ created_at: createdAt }: PickedOrder): Record<string, string> {
  return { created_from: createdAt.toISOString(), created_to: new Date(createdAt.getTime() + DAY_MS).toISOString() };
}
