import { randomBytes } from 'node:crypto';
import { z } from 'zod';

const productsSchema = z.object({
  products: z.array(z.object({ id: z.string(), currency: z.string(), available_quantity: z.int() })),
});

export interface Walk {
  /** Where the routes begin, prefix included. */
  readonly base: string;
  readonly customerToken: string;
}

/** Three commands that take a reader from an empty cart to a paid order; none when the catalogue has no two products. */
export async function walkthrough({ base, customerToken }: Walk): Promise<string[]> {
  const [first, second] = await twoProducts(base);
  if (first === undefined || second === undefined) return [];
  const cart = {
    items: [
      { product_id: first, quantity: 2 },
      { product_id: second, quantity: 1 },
    ],
  };
  const order = {
    shipping_address: {
      line1: '1 Market Street',
      city: 'San Francisco',
      state: 'CA',
      postal_code: '94105',
      country: 'US',
    },
    payment_method: 'pm_card_visa',
  };
  const authorization = `-H 'Authorization: Bearer ${customerToken}'`;
  const json = "-H 'Content-Type: application/json'";
  const key = `-H 'Idempotency-Key: first-order-${randomBytes(4).toString('hex')}'`;
  return [
    `curl -sS -X PUT ${base}/v1/cart ${authorization} ${json} -d '${JSON.stringify(cart)}'`,
    `curl -sS -X POST ${base}/v1/orders/checkout ${authorization} ${key} ${json} -d '${JSON.stringify(order)}'`,
    `curl -sS ${base}/v1/orders ${authorization}`,
  ];
}

// Shipping is priced in usd, so both come from that part of the catalogue.
async function twoProducts(base: string): Promise<string[]> {
  const answer = await fetch(`${base}/v1/products?limit=100`, { signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`GET ${base}/v1/products answered ${answer.status}`);
  const { products } = productsSchema.parse(await answer.json());
  return products
    .filter((product) => product.currency === 'usd' && product.available_quantity >= 2)
    .slice(0, 2)
    .map((product) => product.id);
}
