import { domainError } from '../../kernel/domain-error.js';

interface ShortItem {
  readonly productId: string;
  readonly requested: number;
  readonly available: number;
}

interface Level {
  readonly productId: string;
  readonly onHand: number;
  readonly reserved: number;
}

export class StockChanged extends domainError({
  code: 'stock_changed',
  kind: 'conflict',
  summary: 'The stock is no longer what `expected_on_hand` says. `on_hand` is the present number: count again.',
}) {
  constructor({ productId, onHand }: Level) {
    super(`There are ${onHand} units on hand now.`, { product_id: productId, on_hand: onHand });
  }
}

export class StockBelowReserved extends domainError({
  code: 'stock_below_reserved',
  kind: 'conflict',
  summary: 'Fewer units would be on hand than are promised to orders. `reserved` is the least that must stay.',
}) {
  constructor({ productId, onHand, reserved }: Level) {
    super(`${reserved} of ${onHand} units on hand are reserved: so many must stay.`, {
      product_id: productId,
      on_hand: onHand,
      reserved,
    });
  }
}

export class InsufficientStock extends domainError({
  code: 'insufficient_stock',
  kind: 'conflict',
  summary:
    'There is less of one or more products than was to be reserved. `items` lists every short one; nothing is held.',
}) {
  constructor(shortages: readonly ShortItem[]) {
    const told = shortages.map((item) => `${item.productId}: ${item.available} of ${item.requested}`).join(', ');
    super(`Not enough in stock (${told}).`, {
      items: shortages.map(({ productId, requested, available }) => ({ product_id: productId, requested, available })),
    });
  }
}

export class ReservationNotFound extends domainError({
  code: 'reservation_not_found',
  kind: 'not_found',
  summary: 'There is no such reservation, or it belongs to an order, which alone may settle it.',
}) {
  constructor(id: string) {
    super(`There is no reservation ${id}.`, { reservation_id: id });
  }
}

export class ReservationNotActive extends domainError({
  code: 'reservation_not_active',
  kind: 'conflict',
  summary:
    'The reservation has ended another way: `current_status` is `confirmed`, `released` or `expired`. Reserve anew.',
}) {
  constructor(id: string, status: string) {
    super(`Reservation ${id} is ${status} already.`, { reservation_id: id, current_status: status });
  }
}
