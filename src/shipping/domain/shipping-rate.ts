import { multiplyMinor, sumMinor } from '../../kernel/money.js';
import type { Zone } from './zone.js';

/** What a parcel to a zone costs: the first unit, and every further one. Minor units of `currency`. */
export interface ShippingRate {
  readonly zone: Zone;
  readonly currency: string;
  readonly firstItem: number;
  readonly furtherItem: number;
}

/** The price of sending `quantity` units, one at least, whatever products they are. */
export function shippingCost(rate: Pick<ShippingRate, 'firstItem' | 'furtherItem'>, quantity: number): number {
  if (!Number.isSafeInteger(quantity) || quantity < 1) throw new RangeError(`${quantity} units cannot be sent`);
  return sumMinor([rate.firstItem, multiplyMinor(rate.furtherItem, quantity - 1)]);
}
