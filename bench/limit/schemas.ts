const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength }) as const;

/** What Fastify checks of the bodies before a handler runs, compiled once. */
export const CART_BODY = {
  type: 'object',
  required: ['items'],
  additionalProperties: false,
  properties: {
    items: {
      type: 'array',
      maxItems: 100,
      items: {
        type: 'object',
        required: ['product_id', 'quantity'],
        additionalProperties: false,
        properties: { product_id: text(64), quantity: { type: 'integer', minimum: 1, maximum: 10_000 } },
      },
    },
  },
} as const;

export const CHECKOUT_BODY = {
  type: 'object',
  required: ['shipping_address', 'provider'],
  additionalProperties: false,
  properties: {
    provider: { const: 'manual' },
    shipping_address: {
      type: 'object',
      required: ['line1', 'city', 'state', 'postal_code', 'country'],
      additionalProperties: false,
      properties: {
        line1: text(200),
        city: text(100),
        state: text(2),
        postal_code: text(20),
        country: { const: 'US' },
      },
    },
  },
} as const;

export const PAY_BODY = {
  type: 'object',
  required: ['transaction_id'],
  additionalProperties: false,
  properties: { transaction_id: text(255) },
} as const;

export interface CartBody {
  readonly items: readonly { readonly product_id: string; readonly quantity: number }[];
}

export interface CheckoutBody {
  readonly shipping_address: Readonly<Record<string, string>>;
}

export interface PayBody {
  readonly transaction_id: string;
}
