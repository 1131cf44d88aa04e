import { Inject, Injectable } from '@nestjs/common';
import { CurrencyMismatch } from '../../cart/index.js';
import { CatalogFacade, type CatalogProduct } from '../../catalog/index.js';
import { InventoryFacade, type StockLevel } from '../../inventory/index.js';
import type { Actor } from '../../kernel/actor.js';
import type { ShippingAddress } from '../../kernel/address.js';
import { type CartId, newId } from '../../kernel/id.js';
import {
  type FreshOrder,
  heldLines,
  type NewOrder,
  type OrderPlace,
  OrdersFacade,
  type OrderView,
  type PaymentProvider,
  type PaymentStatus,
  type Totals,
  totalsOf,
} from '../../orders/index.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import type { Answers, Fragment, Question, Tx } from '../../platform/database/index.js';
import { ShippingFacade, type ShippingQuote, type ShippingRate } from '../../shipping/index.js';
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

/** What is known of an order before anything was asked; `productIds` is an expression of a `text[]`. */
export interface WantedOrder {
  readonly productIds: Fragment;
  readonly shippingAddress: ShippingAddress | null;
}

/** What an order is made of. */
export interface PlacementQuestions {
  readonly place: Question<OrderPlace>;
  readonly products: Question<CatalogProduct>;
  readonly rates: Question<ShippingRate>;
  readonly levels: Question<StockLevel>;
}

export type PlacementAnswers = Answers<PlacementQuestions>;

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

  /** What has to be asked, all at once. */
  questions({ productIds, shippingAddress }: WantedOrder): PlacementQuestions {
    return {
      place: this.orders.askPlace(),
      products: this.catalog.askProducts(productIds),
      rates: this.shipping.askRates(shippingAddress),
      levels: this.inventory.askLevels(productIds),
    };
  }

  /** Places an order with what {@link questions} were answered. */
  async place(tx: Tx, actor: Actor, request: OrderRequest, asked: PlacementAnswers): Promise<OrderView> {
    const [place] = asked.place;
    if (!place) throw new Error('the database told no number');
    const lines = sellLines(request.lines, asked.products);
    const shipping = this.quote(request.shippingAddress, asked, lines);
    const draft = this.draft(request, asked.products, totalsOf(lines, shipping?.amount ?? 0));
    const order = await this.orders.create(tx, actor, draft, {
      lines: lines.map((line) => ({ ...line, id: newId('item') })),
      place,
    });
    await this.reserve(tx, actor, order, asked.levels);
    return {
      ...order,
      shipment: shipping && (await this.shipping.draft(tx, { orderId: order.id, zone: shipping.zone })),
    };
  }

  private quote(
    address: ShippingAddress | null,
    { rates, products }: PlacementAnswers,
    lines: readonly SoldLine[],
  ): ShippingQuote | null {
    if (address === null) return null;
    const quantity = lines.reduce((units, line) => units + line.quantity, 0);
    return this.shipping.quote(rates, { address, currency: currencyOf(products), quantity });
  }

  private draft(request: OrderRequest, products: readonly CatalogProduct[], totals: Totals): NewOrder {
    const { lines: _asked, expectedTotal, ...decided } = request;
    if (expectedTotal !== null && expectedTotal !== totals.totalAmount) {
      throw new PriceChanged({ expected_total: expectedTotal, total_amount: totals.totalAmount });
    }
    return {
      ...decided,
      ...totals,
      id: newId('ord'),
      currency: currencyOf(products),
      reservationTtlSeconds: this.ttlOf(request.provider),
    };
  }

  private async reserve(tx: Tx, actor: Actor, order: FreshOrder, levels: readonly StockLevel[]): Promise<void> {
    const request = {
      orderId: order.id,
      items: heldLines(order.items),
      ttlSeconds: this.ttlOf(order.provider),
      expiresAt: order.reservationExpiresAt,
    };
    const outcome = await this.inventory.reserveFrom(tx, actor, request, levels);
    if (outcome.kind === 'short') throw insufficientStock(outcome.shortages, order.items);
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
