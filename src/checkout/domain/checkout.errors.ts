import { domainError } from '../../kernel/domain-error.js';

export interface ShortItem {
  readonly product_id: string;
  readonly title: string;
  readonly requested: number;
  readonly available: number;
}

export class OrderCartEmpty extends domainError({
  code: 'order_cart_empty',
  kind: 'invalid',
  summary: 'There is nothing in the cart, or another checkout has just taken it.',
}) {
  constructor() {
    super('The cart is empty. Put something into it first.');
  }
}

export class OrderInsufficientStock extends domainError({
  code: 'order_insufficient_stock',
  kind: 'conflict',
  summary: 'There is less of one or more products than was ordered. `items` lists every short one; nothing was taken.',
}) {
  constructor(items: readonly ShortItem[]) {
    const names = items.map((item) => `${item.title}: ${item.available} of ${item.requested}`).join(', ');
    super(`Not enough in stock (${names}).`, { items });
  }
}

export class ProductUnavailable extends domainError({
  code: 'product_unavailable',
  kind: 'invalid',
  summary: 'A product is not for sale, any more or at all. `items` lists which; remove them and try again.',
}) {
  constructor(items: readonly { readonly product_id: string; readonly title: string | null }[]) {
    super(`Not for sale: ${items.map((item) => item.title ?? item.product_id).join(', ')}.`, { items });
  }
}

export class OrderNotInReview extends domainError({
  code: 'order_not_in_review',
  kind: 'refused',
  summary: 'Only an order whose `payment_status` is `review` waits for a decision.',
}) {
  constructor(orderId: string) {
    super(`Order ${orderId} does not wait for a review of its payment.`, { order_id: orderId });
  }
}

export class PriceChanged extends domainError({
  code: 'price_changed',
  kind: 'conflict',
  summary: 'A price or the total is not what the client expected. Show the new one and ask again.',
}) {
  constructor(facts: Readonly<Record<string, unknown>>) {
    super('A price has changed. Show the buyer the new one and try again.', facts);
  }
}
