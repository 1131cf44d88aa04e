import { US_ADDRESS } from '../../support/shop.js';
import { MISHAPS, type MishapName } from '../mishap.js';
import { beginCall, newPayment } from '../rules/calling.rules.js';
import { learnAll } from '../rules/learning.rules.js';
import type { ShopUnderTest } from '../shop-under-test.js';
import {
  after,
  areAvailable,
  type Line,
  type Method,
  METHODS,
  type OrderModel,
  type Outcome,
  productAt,
  shown,
  type World,
} from '../world.js';
import { Move } from './move.js';

/** What a parcel to California costs: the first unit, and every further one. */
const FIRST_UNIT = 599;
const FURTHER_UNIT = 50;

export interface Purchase {
  readonly customer: number;
  readonly lines: readonly Line[];
  /** `cart` is the checkout, `list` is an order of products past any cart. */
  readonly through: 'cart' | 'list';
  /** A card is charged at once; `none` leaves that to the client, or to later; `manual` is paid outside of Stripe. */
  readonly payment: Method | 'none' | 'manual';
  readonly mishap: MishapName | null;
}

const HOW: Readonly<Record<Purchase['payment'], object>> = {
  none: {},
  manual: { provider: 'manual' },
  visa: { payment_method: METHODS.visa.name },
  declined: { payment_method: METHODS.declined.name },
  threeDSecure: { payment_method: METHODS.threeDSecure.name },
  bankDebit: { payment_method: METHODS.bankDebit.name },
};

/** Somebody orders one to three products, of which there may not be enough. */
export class Buy extends Move {
  constructor(readonly purchase: Purchase) {
    super();
  }

  isPossible(): boolean {
    return true;
  }

  outcomes(world: World): readonly Outcome[] {
    const { customer, through } = this.purchase;
    const filled = after(world, (next) => {
      if (through === 'cart') next.carts[customer]?.splice(0, Infinity, ...this.lines);
    });
    if (!areAvailable(filled, this.lines)) return [{ answer: '409 order_insufficient_stock', world: filled }];
    const order = this.newOrder(world);
    const bought = after(filled, (next) => {
      next.orders.push(order);
      if (through === 'cart') next.carts[customer]?.splice(0);
      this.pay(next, order);
    });
    const declined = order.payment?.status === 'failed';
    return [{ answer: declined ? '402 order_payment_failed' : shown(201, order), world: bought }];
  }

  perform(shop: ShopUnderTest): Promise<string> {
    return shop.withMishap(this.purchase.mishap, { method: 'POST', path: '/v1/payment_intents' }, () =>
      this.order(shop),
    );
  }

  private async order(shop: ShopUnderTest): Promise<string> {
    const { customer, through, payment } = this.purchase;
    const items = this.purchase.lines.map(({ product, quantity }) => ({
      product_id: shop.productId(product),
      quantity,
    }));
    const buyer = shop.customer(customer);
    if (through === 'list') return shop.placeOrder(buyer, '/v1/orders', { ...HOW[payment], items });
    await shop.put(buyer, '/v1/cart', { items });
    return shop.placeOrder(buyer, '/v1/orders/checkout', { ...HOW[payment], shipping_address: US_ADDRESS });
  }

  /** Lines of one product count as one. */
  private get lines(): Line[] {
    const quantities = new Map<number, number>();
    for (const { product, quantity } of this.purchase.lines)
      quantities.set(product, (quantities.get(product) ?? 0) + quantity);
    return [...quantities].map(([product, quantity]) => ({ product, quantity })).sort((a, b) => a.product - b.product);
  }

  private newOrder(world: World): OrderModel {
    const { customer, through, payment } = this.purchase;
    const units = this.lines.reduce((sum, { quantity }) => sum + quantity, 0);
    const goods = this.lines.reduce(
      (sum, { product, quantity }) => sum + productAt(world, product).unitPrice * quantity,
      0,
    );
    return {
      customer,
      provider: payment === 'manual' ? 'manual' : 'stripe',
      fromCart: through === 'cart',
      lines: this.lines,
      total: goods + (through === 'cart' ? FIRST_UNIT + FURTHER_UNIT * (units - 1) : 0),
      status: 'created',
      paymentStatus: payment in METHODS ? 'processing' : 'unpaid',
      shipped: false,
      cancelReason: null,
      held: true,
      refundedAmount: 0,
      refunded: this.lines.map(() => 0),
      restocked: this.lines.map(() => 0),
      payment: null,
      handedOver: false,
    };
  }

  private pay(next: World, order: OrderModel): void {
    const { through, payment, mishap } = this.purchase;
    if (payment === 'manual' || (payment === 'none' && through === 'list')) return;
    const method = payment === 'none' ? null : payment;
    order.payment = newPayment();
    beginCall(order.payment, 'create', method, mishap === null ? null : MISHAPS[mishap]);
    if (order.payment.call !== null) return;
    learnAll(next, order);
    order.handedOver = order.payment.status === 'pending' || order.payment.status === 'requires_action';
  }
}
