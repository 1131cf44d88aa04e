import { learn, learnAll } from '../rules/learning.rules.js';
import { paymentOf, settled } from '../rules/settling.rules.js';
import type { ShopUnderTest } from '../shop-under-test.js';
import { after, type OrderModel, orderAt, type Outcome, type World } from '../world.js';
import { OrderMove } from './order-move.js';

/**
 * Stripe tells of something that happened to an intent: now, again, late, or so late that the signature has lost its worth.
 * The worker works on it at once, and asks Stripe where the news makes it ask.
 */
export class DeliverWebhook extends OrderMove {
  constructor(
    pick: number,
    readonly event: number,
    readonly signed: 'now' | 'too long ago',
  ) {
    super(pick);
  }

  protected override suits({ payment }: OrderModel): boolean {
    return payment !== null && payment.history.length > 0;
  }

  protected prefers({ payment }: OrderModel): boolean {
    return payment !== null && payment.delivered.length < payment.history.length;
  }

  outcomes(world: World): readonly Outcome[] {
    if (this.signed === 'too long ago') return [{ answer: '401 webhook_signature_invalid', world }];
    const place = this.placeIn(world);
    const event = this.eventIn(world);
    if (paymentOf(orderAt(world, place)).delivered.includes(event)) return [{ answer: '200 duplicate', world }];
    const received = after(world, (next) => paymentOf(orderAt(next, place)).delivered.push(event));
    return heard(received, place, event).map((next) => ({ answer: '200 received', world: next }));
  }

  perform(shop: ShopUnderTest, world: World): Promise<string> {
    return shop.deliver(this.placeIn(world), this.event, this.signed);
  }

  private eventIn(world: World): number {
    return this.event % paymentOf(this.orderIn(world)).history.length;
  }
}

/** What may come of news, which may be old: see `judge` in checkout/domain/payment-news.ts. */
function heard(world: World, place: number, event: number): World[] {
  const payment = paymentOf(orderAt(world, place));
  if (payment.status === 'succeeded' || payment.status === 'canceled') return [world];
  const latest = after(world, (next) => learnAll(next, orderAt(next, place)));
  const standing = payment.history[event];
  // The end of an intent is never overlooked.
  if (standing === 'succeeded' || standing === 'canceled') return [latest];
  // A call that was left to the worker is made as well, now that he is here.
  const made = payment.call ? settled(world, place) : [];
  if (event > payment.known)
    return [world, after(world, (next) => learn(next, orderAt(next, place), event)), latest, ...made];
  return payment.known === payment.history.length - 1 ? [world, ...made] : [world, latest, ...made];
}
