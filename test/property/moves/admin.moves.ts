import { takeMoney } from '../rules/learning.rules.js';
import { newPayment } from '../rules/calling.rules.js';
import { requestRefund } from '../rules/refunding.rules.js';
import { paymentOf } from '../rules/settling.rules.js';
import type { ShopUnderTest } from '../shop-under-test.js';
import {
  after,
  isWaiting,
  type OrderModel,
  orderAt,
  type Outcome,
  productAt,
  reservedOf,
  shown,
  type World,
} from '../world.js';
import { Move } from './move.js';
import { OrderMove } from './order-move.js';

/** The shop gives money back: all that is left, a part of the money, or some of the goods. */
export class Refund extends OrderMove {
  constructor(
    pick: number,
    readonly what: 'all' | 'money' | 'goods',
    /** Minor units, or units of each line. */
    readonly much: number,
    readonly restock: boolean,
  ) {
    super(pick);
  }

  protected prefers({ payment }: OrderModel): boolean {
    return payment !== null && payment.captured > payment.hold;
  }

  outcomes(world: World): readonly Outcome[] {
    let answer = '';
    const next = after(world, (changed) => {
      const order = orderAt(changed, this.placeIn(changed));
      const units = this.what === 'goods' ? order.lines.map(() => this.units) : null;
      const amount = this.what === 'money' ? this.much : null;
      const refund = requestRefund(changed, order, { units, amount, restock: this.restock });
      answer = typeof refund === 'string' ? refund : `202 ${refund.status}`;
    });
    return [{ answer, world: next }];
  }

  perform(shop: ShopUnderTest, world: World): Promise<string> {
    const place = this.placeIn(world);
    const items = orderAt(world, place).lines.map(({ product }) => ({
      product_id: shop.productId(product),
      quantity: this.units,
    }));
    const asked = { all: {}, money: { amount: this.much }, goods: { items } }[this.what];
    return shop.post(shop.admin, `/v1/admin/orders/${shop.orderId(place)}/refunds`, {
      ...asked,
      restock: this.restock,
    });
  }

  private get units(): number {
    return 1 + (this.much % 3);
  }
}

/** The parcel leaves. */
export class Fulfil extends OrderMove {
  protected prefers({ status }: OrderModel): boolean {
    return status === 'paid';
  }

  outcomes(world: World): readonly Outcome[] {
    const place = this.placeIn(world);
    if (orderAt(world, place).status !== 'paid') return [{ answer: '400 invalid_transition', world }];
    const next = after(world, (changed) =>
      Object.assign(orderAt(changed, place), { status: 'fulfilled', shipped: true }),
    );
    return [{ answer: shown(200, orderAt(next, place)), world: next }];
  }

  perform(shop: ShopUnderTest, world: World): Promise<string> {
    return shop.post(shop.admin, `/v1/admin/orders/${shop.orderId(this.placeIn(world))}/fulfill`);
  }
}

/** An order is put away for good. */
export class Archive extends OrderMove {
  protected prefers({ status }: OrderModel): boolean {
    return status === 'fulfilled';
  }

  outcomes(world: World): readonly Outcome[] {
    const place = this.placeIn(world);
    if (orderAt(world, place).status !== 'fulfilled') return [{ answer: '400 invalid_transition', world }];
    const next = after(world, (changed) => Object.assign(orderAt(changed, place), { status: 'archived' }));
    return [{ answer: shown(200, orderAt(next, place)), world: next }];
  }

  perform(shop: ShopUnderTest, world: World): Promise<string> {
    return shop.post(shop.admin, `/v1/admin/orders/${shop.orderId(this.placeIn(world))}/archive`);
  }
}

/** The till took the money for an order that is paid outside of Stripe. */
export class RecordMoney extends OrderMove {
  protected override suits({ provider }: OrderModel): boolean {
    return provider === 'manual';
  }

  protected prefers(order: OrderModel): boolean {
    return isWaiting(order);
  }

  outcomes(world: World): readonly Outcome[] {
    const place = this.placeIn(world);
    const order = orderAt(world, place);
    if (order.status === 'paid' || order.status === 'fulfilled') return [{ answer: '400 order_already_paid', world }];
    if (!isWaiting(order)) return [{ answer: '400 invalid_transition', world }];
    const next = after(world, (changed) => {
      const paid = orderAt(changed, place);
      paid.payment = { ...newPayment(), status: 'succeeded' };
      takeMoney(changed, paid, paymentOf(paid));
    });
    return [{ answer: shown(200, orderAt(next, place)), world: next }];
  }

  perform(shop: ShopUnderTest, world: World): Promise<string> {
    const path = `/v1/orders/${shop.orderId(this.placeIn(world))}/pay`;
    return shop.patch(shop.admin, path, { transaction_id: `till-${this.placeIn(world)}` });
  }
}

/** Somebody counts the shelf. */
export class Count extends Move {
  constructor(
    readonly product: number,
    readonly onHand: number,
  ) {
    super();
  }

  isPossible(): boolean {
    return true;
  }

  outcomes(world: World): readonly Outcome[] {
    if (this.onHand < reservedOf(world, this.product)) return [{ answer: '409 stock_below_reserved', world }];
    const next = after(world, (changed) => {
      productAt(changed, this.product).onHand = this.onHand;
    });
    return [{ answer: '200', world: next }];
  }

  perform(shop: ShopUnderTest): Promise<string> {
    return shop.put(shop.admin, `/v1/admin/inventory/${shop.productId(this.product)}`, { on_hand: this.onHand });
  }
}
