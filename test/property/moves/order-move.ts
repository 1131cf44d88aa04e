import { type OrderModel, orderAt, type World } from '../world.js';
import { Move } from './move.js';

/** One move in so many goes to any order, also to one where it has to be refused. */
const ANY_ORDER = 4;

/** The pick that means the order at this place and no other. */
export function exactly(place: number): number {
  return -1 - place;
}

/**
 * A move with one order. `pick` is any natural number: which order that is depends on those that there are, and most often
 * it is one on which the move has an effect.
 */
export abstract class OrderMove extends Move {
  constructor(protected readonly pick: number) {
    super();
  }

  isPossible(world: World): boolean {
    return world.orders.some((order) => this.suits(order));
  }

  /** Where the move can be made at all. */
  protected suits(_order: OrderModel): boolean {
    return true;
  }

  /** Where it does something. */
  protected abstract prefers(order: OrderModel): boolean;

  protected placeIn(world: World): number {
    if (this.pick < 0) return -1 - this.pick;
    const possible = [...world.orders.keys()].filter((place) => this.suits(orderAt(world, place)));
    const preferred = possible.filter((place) => this.prefers(orderAt(world, place)));
    const places = preferred.length > 0 && this.pick % ANY_ORDER > 0 ? preferred : possible;
    return places[Math.floor(this.pick / ANY_ORDER) % places.length] ?? 0;
  }

  protected orderIn(world: World): OrderModel {
    return orderAt(world, this.placeIn(world));
  }
}
