/** Where an event goes in a broker. */
export interface Route {
  readonly to: 'order' | 'stock';
  /** Messages of one key stay in order. */
  readonly key: string;
}

export interface RoutedEvent {
  readonly type: string;
  readonly aggregateId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * What happens to the money of an order goes the way of the order, so that one consumer hears of both. Stock and holds on it
 * are about products, come in far greater numbers, and have a way of their own.
 */
export function routeOf({ type, aggregateId, data }: RoutedEvent): Route {
  if (type.startsWith('stock.') || type.startsWith('reservation.')) return { to: 'stock', key: aggregateId };
  const { order_id: orderId } = data;
  return { to: 'order', key: typeof orderId === 'string' ? orderId : aggregateId };
}
