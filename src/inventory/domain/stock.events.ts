import { eventFamily } from '../../kernel/domain-event.js';
import { integer, oneOf, orNull, text } from '../../kernel/shape.js';

/** Why stock changed: a hold began, or ended one of three ways, or units came and went outside of any sale. */
export const STOCK_CHANGE_KINDS = ['hold', 'sale', 'release', 'expiry', 'count', 'adjustment', 'restock'] as const;
export type StockChangeKind = (typeof STOCK_CHANGE_KINDS)[number];

const STOCK_DATA = {
  type: text('The type of the event, once more.'),
  product_id: text('The product, `prod_…`.'),
  version: integer('Counts the events about the stock of the product from 1 on; the same as `sequence`.'),
  on_hand: integer('Units that lie on the shelf.'),
  reserved: integer('Units of these that are promised to somebody.'),
  available: integer('What can still be bought: on hand minus reserved.'),
};

/** The statement that moves stock writes these events: see persistence/stock-change.ts. */
export const STOCK_CHANGED = eventFamily({
  subject: 'the product',
  shape: {
    ...STOCK_DATA,
    on_hand_delta: integer('By how much `on_hand` changed.'),
    reserved_delta: integer('By how much `reserved` changed.'),
    kind: oneOf(STOCK_CHANGE_KINDS, 'Why.'),
    cause: orNull(text('What did it: an order, a reservation or a refund; null where a person did.')),
  },
  example: {
    type: 'stock.changed',
    product_id: 'prod_01kaf5d3m0e9wtsz1v5b7x2y4q',
    version: 7,
    ...{ on_hand: 10, reserved: 4, available: 6, on_hand_delta: 0, reserved_delta: 2 },
    kind: 'hold',
    cause: 'ord_01kaf5d3m0e9wtsz1v5b7x2y4q',
  },
  kinds: {
    'stock.changed': {
      summary: 'Units of a product came, went, or were promised to somebody or to nobody any more.',
      example: {},
    },
  },
});

export const STOCK_LOW = eventFamily({
  subject: 'the product',
  shape: {
    ...STOCK_DATA,
    threshold: integer('`LOW_STOCK_THRESHOLD` as it was then.'),
  },
  example: {
    type: 'stock.low',
    product_id: 'prod_01kaf5d3m0e9wtsz1v5b7x2y4q',
    version: 8,
    ...{ on_hand: 9, reserved: 4, available: 5, threshold: 5 },
  },
  kinds: {
    'stock.low': {
      summary:
        'What is available of a product fell to the threshold or below it. Told once, until it has been above it again.',
      example: {},
    },
  },
});
