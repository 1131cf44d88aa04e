import { Inject, Injectable } from '@nestjs/common';
import { CurrencyMismatch } from '../../cart/index.js';
import { CatalogFacade, type CatalogProduct } from '../../catalog/index.js';
import { InventoryFacade } from '../../inventory/index.js';
import type { Actor } from '../../kernel/actor.js';
import type { ShippingAddress } from '../../kernel/address.js';
import { type CartId, newId } from '../../kernel/id.js';
import { type Order, OrdersFacade, type PaymentProvider, type PaymentStatus, totalsOf } from '../../orders/index.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import type { Tx } from '../../platform/database/index.js';
import { ShippingFacade, type ShippingQuote } from '../../shipping/index.js';
import { OrderInsufficientStock, PriceChanged } from '../domain/checkout.errors.js';
import { type RequestedLine, sellLines, type SoldLine } from '../domain/lines.js';

/** What a buyer decides when he orders. */
export interface OrderRequest {
  readonly customerId: string;
  readonly email: string | null;
  readonly shippingAddress: ShippingAddress | null;
  readonly provider: PaymentProvider;
  readonly lines: readonly RequestedLine[];
  readonly cart: { readonly id: CartId; readonly version: number } | null;
  readonly paymentStatus: PaymentStatus;
  /** The total that the buyer was shown; null where he takes it as it is. */
  readonly expectedTotal: number | null;
  readonly creationKey: string;
}

/** The first step of every order: prices fixed, order and shipment written, stock reserved, all or nothing. */
@Injectable()
export class OrderPlacement {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly catalog: CatalogFacade,
    private readonly inventory: InventoryFacade,
    private readonly shipping: ShippingFacade,
    private readonly orders: OrdersFacade,
  ) {}

  async place(tx: Tx, actor: Actor, request: OrderRequest): Promise<Order> {
    const products = await this.catalog.findProducts(tx, [...new Set(request.lines.map((line) => line.productId))]);
    const lines = sellLines(request.lines, products);
    const shipping = await this.quote(tx, request.shippingAddress, products, lines);
    const order = await this.write(tx, actor, request, { products, lines, shippingTotal: shipping?.amount ?? 0 });
    if (shipping) await this.shipping.draft(tx, { orderId: order.id, zone: shipping.zone });
    // Stock last: its rows are what other buyers wait for, so they stay locked for the shortest time.
    await this.reserve(tx, actor, order, lines);
    return order;
  }

  private async quote(
    tx: Tx,
    address: ShippingAddress | null,
    products: readonly CatalogProduct[],
    lines: readonly SoldLine[],
  ): Promise<ShippingQuote | null> {
    if (address === null) return null;
    const quantity = lines.reduce((units, line) => units + line.quantity, 0);
    return this.shipping.quote(tx, { address, currency: currencyOf(products), quantity });
  }

  private write(
    tx: Tx,
    actor: Actor,
    request: OrderRequest,
    content: { products: readonly CatalogProduct[]; lines: readonly SoldLine[]; shippingTotal: number },
  ): Promise<Order> {
    const { lines: _asked, expectedTotal, ...frozen } = request;
    const totals = totalsOf(content.lines, content.shippingTotal);
    if (expectedTotal !== null && expectedTotal !== totals.totalAmount) {
      throw new PriceChanged({ expected_total: expectedTotal, total_amount: totals.totalAmount });
    }
    const draft = {
      ...frozen,
      ...totals,
      id: newId('ord'),
      currency: currencyOf(content.products),
      reservationTtlSeconds: this.ttlOf(request.provider),
    };
    return this.orders.create(
      tx,
      actor,
      draft,
      content.lines.map((line) => ({ ...line, id: newId('item') })),
    );
  }

  private async reserve(tx: Tx, actor: Actor, order: Order, lines: readonly SoldLine[]): Promise<void> {
    const outcome = await this.inventory.reserve(tx, actor, {
      orderId: order.id,
      items: lines,
      ttlSeconds: this.ttlOf(order.provider),
      expiresAt: order.reservationExpiresAt,
    });
    if (outcome.kind === 'short') throw insufficientStock(outcome.shortages, lines);
  }

  private ttlOf(provider: PaymentProvider): number {
    return provider === 'manual' ? this.config.MANUAL_RESERVATION_TTL_SECONDS : this.config.RESERVATION_TTL_SECONDS;
  }
}

interface Shortage {
  readonly productId: string;
  readonly requested: number;
  readonly available: number;
}

export function insufficientStock(
  shortages: readonly Shortage[],
  lines: readonly { readonly productId: string | null; readonly title: string }[],
): OrderInsufficientStock {
  return new OrderInsufficientStock(
    shortages.map(({ productId, requested, available }) => ({
      product_id: productId,
      title: lines.find((line) => line.productId === productId)?.title ?? productId,
      requested,
      available,
    })),
  );
}

/** The one currency of an order. Throws CurrencyMismatch where there are several. */
function currencyOf(products: readonly CatalogProduct[]): string {
  const currencies = [...new Set(products.map((product) => product.currency))];
  const [currency] = currencies;
  if (currency === undefined || currencies.length > 1) throw new CurrencyMismatch(currencies);
  return currency;
}
