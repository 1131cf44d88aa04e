import { seededRandom } from '../../sandbox/seeded-random.js';
import { US_ADDRESS } from '../support/shop.js';
import type { Answer, Caller, Request } from './caller.js';
import type { CampaignShop } from './campaign-shop.js';

/** What a client was told about an order. */
export interface Told {
  readonly orderId: string;
  readonly paid: boolean;
}

export interface Visited {
  readonly plan: string;
  readonly told: readonly Told[];
}

/** What a customer does, and how often of a hundred. */
const PLANS = {
  pay: 38,
  isDeclined: 8,
  isDeclinedAndPays: 8,
  isAuthenticated: 12,
  confirmsHimself: 6,
  paysAtTheTill: 8,
  isRefunded: 6,
  givesPaidOrderUp: 4,
  leavesOrderUnpaid: 4,
  vanishes: 6,
} as const;
type Plan = keyof typeof PLANS;

const LONGEST_PATIENCE_MS = 200;

/**
 * One customer and his one order, from the first request to the last. He asks again as long as he gets no answer. Answers
 * that no crash explains are written down.
 */
export class CrashVisit {
  private readonly random: () => number;
  private readonly buyer: Caller;
  private readonly admin: Caller;
  private readonly told: Told[] = [];

  constructor(
    private readonly shop: CampaignShop,
    private readonly products: readonly string[],
    seed: number,
  ) {
    this.random = seededRandom(seed);
    this.buyer = shop.customer();
    this.admin = shop.admin();
  }

  async execute(): Promise<Visited> {
    const plan = this.choosePlan();
    try {
      await this[plan]();
      this.shop.tally.count('customers served');
    } catch (error) {
      this.shop.tally.violate('every client gets an answer', { plan, customer: this.buyer.id, reason: String(error) });
    }
    return { plan, told: this.told };
  }

  private choosePlan(): Plan {
    let left = this.random() * 100;
    for (const [plan, share] of Object.entries(PLANS)) {
      left -= share;
      if (left < 0 && isPlan(plan)) return plan;
    }
    return 'pay';
  }

  private async pay(): Promise<void> {
    await this.order('pm_card_visa');
  }

  private async isDeclined(): Promise<void> {
    await this.order('pm_card_chargeDeclined');
  }

  private async isDeclinedAndPays(): Promise<void> {
    const { status, body } = await this.order('pm_card_chargeDeclinedInsufficientFunds');
    if (status !== 402 || body.order_id === undefined) return;
    this.note(await this.buyer.ask(this.onOrder(body.order_id, 'payments', { payment_method: 'pm_card_visa' })), [
      '200',
      '409 order_insufficient_stock',
    ]);
  }

  /** His bank says yes, or no, or he never answers it. */
  private async isAuthenticated(): Promise<void> {
    const { body } = await this.order('pm_card_authenticationRequired');
    const outcome = (['succeed', 'succeed', 'fail', 'none'] as const)[Math.floor(this.random() * 4)];
    if (body.payment_status !== 'requires_action' || outcome === undefined || outcome === 'none') return;
    const [payment] = await this.shop.rows.query<{ provider_payment_id: string }>(
      'SELECT provider_payment_id FROM payments WHERE order_id = $1',
      [body.id],
    );
    // Refused where the hold has expired and the intent with it.
    await this.shop.stripe.authenticate(payment?.provider_payment_id ?? '', outcome).catch(() => undefined);
  }

  private async confirmsHimself(): Promise<void> {
    const { body } = await this.order(undefined);
    const secret = body.payment?.client_secret ?? undefined;
    if (secret !== undefined) await this.shop.stripe.confirmAsClient(secret, 'pm_card_mastercard');
  }

  private async paysAtTheTill(): Promise<void> {
    const { status, body } = await this.order(undefined, 'manual');
    if (status !== 201 || body.id === undefined || this.random() < 0.3) return;
    const { path, ...rest } = this.onOrder(body.id, 'pay', { transaction_id: `till ${this.buyer.id}` });
    this.note(await this.admin.ask({ ...rest, path, method: 'PATCH' }), ['200']);
  }

  private async isRefunded(): Promise<void> {
    const { body } = await this.order('pm_card_visa');
    if (body.id === undefined || body.status !== 'paid') return;
    const all = this.random() < 0.5;
    const refund = this.onOrder(body.id, 'refunds', all ? {} : { amount: 1 + Math.floor(this.random() * 500) });
    const path = refund.path.replace('/v1/', '/v1/admin/');
    this.note(await this.admin.ask({ ...refund, path }), ['202']);
  }

  private async givesPaidOrderUp(): Promise<void> {
    const { body } = await this.order('pm_card_visa');
    if (body.id === undefined) return;
    this.note(await this.buyer.ask(this.onOrder(body.id, 'cancel', {})), ['200', '409 payment_in_progress']);
  }

  private async leavesOrderUnpaid(): Promise<void> {
    const { body } = await this.order(undefined);
    if (body.id === undefined || this.random() < 0.5) return;
    this.note(await this.buyer.ask(this.onOrder(body.id, 'cancel', {})), ['200', '400 invalid_transition']);
  }

  /** The browser is closed before the answer, and nobody ever asks again. */
  private async vanishes(): Promise<void> {
    const request = await this.orderRequest('pm_card_visa', 'stripe');
    const patience = AbortSignal.timeout(1 + Math.floor(this.random() * LONGEST_PATIENCE_MS));
    await this.buyer.send(request, patience).catch(() => undefined);
  }

  private async order(paymentMethod: string | undefined, provider: 'stripe' | 'manual' = 'stripe'): Promise<Answer> {
    const answer = await this.buyer.ask(await this.orderRequest(paymentMethod, provider));
    const declined = paymentMethod?.includes('Declined') ?? false;
    return this.note(answer, [
      '201',
      '409 order_insufficient_stock',
      ...(declined ? ['402 order_payment_failed'] : []),
    ]);
  }

  /** Half of the customers fill a cart; the others order past it. */
  private async orderRequest(paymentMethod: string | undefined, provider: 'stripe' | 'manual'): Promise<Request> {
    const items = this.chooseLines();
    const how = { provider, ...(paymentMethod !== undefined && { payment_method: paymentMethod }) };
    const key = `order-${this.buyer.id}`;
    if (this.random() < 0.5) return { method: 'POST', path: '/v1/orders', body: { items, ...how }, key };
    await this.buyer.ask({ method: 'PUT', path: '/v1/cart', body: { items } });
    const body = { shipping_address: US_ADDRESS, ...how };
    return { method: 'POST', path: '/v1/orders/checkout', body, key };
  }

  private chooseLines(): object[] {
    const first = Math.floor(this.random() * this.products.length);
    const lines = this.random() < 0.5 ? [first] : [first, (first + 1) % this.products.length];
    return lines.map((line) => ({ product_id: this.products[line], quantity: 1 + Math.floor(this.random() * 2) }));
  }

  private onOrder(orderId: string, what: string, body: object): Request {
    return { method: 'POST', path: `/v1/orders/${orderId}/${what}`, body, key: `${what}-${this.buyer.id}` };
  }

  /** Remembers what the client was told; an answer that is not among `expected` breaks a promise. */
  private note(answer: Answer, expected: readonly string[]): Answer {
    const { status, body } = answer;
    const kind = status < 300 ? String(status) : `${status} ${body.code ?? ''}`;
    if (!expected.includes(kind)) {
      this.shop.tally.violate('every answer is one that the contract names', { customer: this.buyer.id, ...answer });
    }
    const orderId = body.order_id ?? body.id;
    if (orderId !== undefined && (status === 402 || status < 202)) {
      this.told.push({ orderId, paid: status < 300 && body.status === 'paid' });
    }
    return answer;
  }
}

function isPlan(name: string): name is Plan {
  return Object.hasOwn(PLANS, name);
}
