import { CUSTOMERS, SHELF } from './arbitrary-moves.js';
import type { World } from './world.js';

/** The shop before anybody bought anything. */
export function emptyWorld(): World {
  return {
    products: SHELF.map((product) => ({ ...product })),
    carts: Array.from({ length: CUSTOMERS }, () => []),
    orders: [],
  };
}
