import { randomInt, randomUUID } from 'node:crypto';
import type { Connection, HttpAnswer } from './connection.js';
import type { CartPlan, LoadJob, Step } from './job.js';
import type { Samples } from './samples.js';

export interface Customer {
  /** The header line with the bearer token. */
  readonly authorization: string;
}

interface AnsweredOrder {
  readonly id: string;
  readonly status: string;
}

const ADDRESS = {
  line1: '1 Market Street',
  city: 'San Francisco',
  state: 'CA',
  postal_code: '94105',
  country: 'US',
};
const MANUAL = JSON.stringify({ shipping_address: ADDRESS, provider: 'manual' });
const BY_CARD = JSON.stringify({ shipping_address: ADDRESS, payment_method: 'pm_card_visa' });

/** An answer that is not what a buyer wants. */
class Refusal extends Error {
  constructor({ status, body }: HttpAnswer) {
    super(`${status} ${/"code":"(\w+)"/.exec(body)?.[1] ?? body.slice(0, 300)}`);
  }
}

/** A buyer at one connection: fills a cart, checks out, and (with the manual provider) the shop records his money. */
export class Buyer {
  constructor(
    private readonly connection: Connection,
    private readonly job: LoadJob,
    private readonly samples: Samples,
  ) {}

  /** One purchase from the empty cart to the paid order. Answers whether it was made. */
  async order(customer: Customer): Promise<boolean> {
    const begun = performance.now();
    try {
      await this.purchase(customer);
    } catch (error) {
      if (!(error instanceof Refusal) || !this.job.expectedRefusals.includes(error.message)) throw error;
      this.samples.refused(error.message);
      return false;
    }
    this.samples.add('flow', performance.now() - begun);
    return true;
  }

  private async purchase({ authorization }: Customer): Promise<void> {
    const { provider, cart, internalKey } = this.job;
    await this.step('cart', ['PUT', '/v1/cart', authorization, cartBody(cart)], 200);
    const checkout = provider === 'manual' ? MANUAL : BY_CARD;
    const key = `Idempotency-Key: ${randomUUID()}\r\n`;
    const answer = await this.step('checkout', ['POST', '/v1/orders/checkout', authorization + key, checkout], 201);
    const order: AnsweredOrder = JSON.parse(answer.body);
    if (provider === 'stripe') return requirePaid(order);
    const headers = `X-Internal-Key: ${internalKey}\r\nIdempotency-Key: ${randomUUID()}\r\n`;
    const body = JSON.stringify({ transaction_id: `till-${order.id}` });
    const paid = await this.step('pay', ['PATCH', `/v1/orders/${order.id}/pay`, headers, body], 200);
    const paidOrder: AnsweredOrder = JSON.parse(paid.body);
    requirePaid(paidOrder);
  }

  private async step(
    step: Step,
    [method, path, headers, body]: [string, string, string, string],
    wanted: number,
  ): Promise<HttpAnswer> {
    const begun = performance.now();
    const answer = await this.connection.send(method, path, headers, body);
    this.samples.add(step, performance.now() - begun);
    if (answer.status !== wanted) throw new Refusal(answer);
    return answer;
  }
}

function requirePaid(order: AnsweredOrder): void {
  if (order.status !== 'paid') throw new Error(`order ${order.id} is ${order.status}, not paid`);
}

function cartBody({ products, lines, hotProduct }: CartPlan): string {
  const picked = new Set<string>(hotProduct === null ? [] : [hotProduct]);
  while (picked.size < lines) picked.add(products[randomInt(products.length)] ?? '');
  return JSON.stringify({ items: [...picked].map((product) => ({ product_id: product, quantity: 1 })) });
}
