import { domainError } from '../../kernel/domain-error.js';

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
