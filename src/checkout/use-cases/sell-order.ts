import { Inject, Injectable } from '@nestjs/common';
import { type HeldReservation, InventoryFacade, type ReservationLine } from '../../inventory/index.js';
import type { Actor } from '../../kernel/actor.js';
import type { OrderId } from '../../kernel/id.js';
import {
  type Order,
  type OrderItem,
  type OrderPlace,
  OrdersFacade,
  type OrderView,
  payOrder,
} from '../../orders/index.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { type Answers, type Question, together, type Tx } from '../../platform/database/index.js';
import { type OrderShipment, ShippingFacade } from '../../shipping/index.js';
import { type NewHold, ReserveAnew } from './reserve-anew.js';

type Short = Extract<NewHold, { readonly kind: 'short' }>;
export type Sale = { readonly kind: 'sold'; readonly order: OrderView } | Short;

/** What has to be known of a locked order to sell it. Asking locks its hold. */
export interface SaleQuestions {
  readonly items: Question<OrderItem>;
  readonly shipment: Question<OrderShipment>;
  readonly time: Question<Pick<OrderPlace, 'atMs'>>;
  readonly hold: Question<HeldReservation>;
  readonly held: Question<ReservationLine>;
}

type SaleAnswers = Answers<SaleQuestions>;

/** Turns a paid order's reservation into a sale. Where the stock was given back meanwhile, it is taken anew. */
@Injectable()
export class SellOrder {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly orders: OrdersFacade,
    private readonly inventory: InventoryFacade,
    private readonly shipping: ShippingFacade,
    private readonly reserveAnew: ReserveAnew,
  ) {}

  /** Short of stock, it changes nothing. */
  async execute(tx: Tx, actor: Actor, order: Order, transactionId: string): Promise<Sale> {
    return this.sell(tx, actor, { order, asked: await together(tx, this.questions(order.id)) }, transactionId);
  }

  /** For whoever has more to ask at the same moment. */
  questions(id: OrderId): SaleQuestions {
    return {
      items: this.orders.askItems(id),
      shipment: this.shipping.askShipment(id),
      time: this.orders.askTime(),
      ...this.inventory.askHold(id),
    };
  }

  /** The same as {@link execute}, with what {@link questions} were answered. */
  async sell(
    tx: Tx,
    actor: Actor,
    { order, asked }: { readonly order: Order; readonly asked: SaleAnswers },
    transactionId: string,
  ): Promise<Sale> {
    const short = await this.takeStock(tx, actor, order, asked);
    if (short) return short;
    const [[shipment = null], [time]] = [asked.shipment, asked.time];
    if (!time) throw new Error('the database told no time');
    const change = { change: payOrder(order, transactionId), at: new Date(time.atMs) };
    const sold = await this.orders.applyInHand(tx, actor, { ...order, items: asked.items }, change);
    return { kind: 'sold', order: { ...sold, shipment: shipment && (await this.shipping.makeReady(tx, shipment)) } };
  }

  private async takeStock(
    tx: Tx,
    actor: Actor,
    order: Order,
    { hold: [hold], held }: SaleAnswers,
  ): Promise<Short | undefined> {
    if ((await this.inventory.confirmHeld(tx, actor, hold, held)) === 'confirmed') return undefined;
    const anew = await this.reserveAnew.execute(tx, actor, order, this.config.RESERVATION_TTL_SECONDS);
    if (anew.kind === 'short') return anew;
    await this.inventory.confirmForOrder(tx, actor, order.id);
    return undefined;
  }
}
