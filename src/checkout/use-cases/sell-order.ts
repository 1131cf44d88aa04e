import { Inject, Injectable } from '@nestjs/common';
import { type HeldReservation, InventoryFacade, type ReservationLine } from '../../inventory/index.js';
import type { Actor } from '../../kernel/actor.js';
import { type Order, type OrderItem, OrdersFacade, type OrderView, payOrder } from '../../orders/index.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { together, type Tx } from '../../platform/database/index.js';
import { type OrderShipment, ShippingFacade } from '../../shipping/index.js';
import { type NewHold, ReserveAnew } from './reserve-anew.js';

type Short = Extract<NewHold, { readonly kind: 'short' }>;
export type Sale = { readonly kind: 'sold'; readonly order: OrderView } | Short;

/** What is known of a locked order when it is sold. */
interface Asked {
  readonly hold: HeldReservation | undefined;
  readonly held: readonly ReservationLine[];
  readonly items: readonly OrderItem[];
  readonly shipment: OrderShipment | null;
  readonly at: Date;
}

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
    const { items, shipment, at, ...asked } = await this.ask(tx, order);
    const short = await this.takeStock(tx, actor, order, asked);
    if (short) return short;
    const change = { change: payOrder(order, transactionId), at };
    const sold = await this.orders.applyInHand(tx, actor, { ...order, items }, change);
    return { kind: 'sold', order: { ...sold, shipment: shipment && (await this.shipping.makeReady(tx, shipment)) } };
  }

  /** Everything that has to be known, at once. The stock is locked from here on. */
  private async ask(tx: Tx, { id }: Order): Promise<Asked> {
    const found = await together(tx, {
      items: this.orders.askItems(id),
      shipment: this.shipping.askShipment(id),
      time: this.orders.askTime(),
      ...this.inventory.askHold(id),
    });
    const [time] = found.time;
    if (!time) throw new Error('the database told no time');
    const { items, held } = found;
    return { items, held, hold: found.hold[0], shipment: found.shipment[0] ?? null, at: new Date(time.atMs) };
  }

  private async takeStock(
    tx: Tx,
    actor: Actor,
    order: Order,
    { hold, held }: Pick<Asked, 'hold' | 'held'>,
  ): Promise<Short | undefined> {
    if ((await this.inventory.confirmHeld(tx, actor, hold, held)) === 'confirmed') return undefined;
    const anew = await this.reserveAnew.execute(tx, actor, order, this.config.RESERVATION_TTL_SECONDS);
    if (anew.kind === 'short') return anew;
    await this.inventory.confirmForOrder(tx, actor, order.id);
    return undefined;
  }
}
