import type { ShippingAddress } from '../../kernel/address.js';

export const ZONES = ['us_west', 'us_central', 'us_east', 'international'] as const;
export type Zone = (typeof ZONES)[number];

const WEST = ['CA', 'OR', 'WA', 'NV', 'AZ', 'UT', 'ID', 'MT', 'WY', 'CO', 'NM', 'AK', 'HI'];
const CENTRAL = [
  ...['AL', 'AR', 'DC', 'IA', 'IL', 'IN', 'KS', 'KY', 'LA', 'MI', 'MN', 'MO', 'MS', 'ND', 'NE', 'OH', 'OK', 'SD', 'TN'],
  ...['TX', 'WI'],
];
const EAST = [
  ...['NY', 'NJ', 'PA', 'MA', 'CT', 'RI', 'VT', 'NH', 'ME', 'MD', 'DE', 'VA', 'WV', 'NC', 'SC', 'GA', 'FL'],
];
/** Parcels to the territories cost what parcels abroad cost, though their addresses are American. */
const TERRITORIES = ['PR', 'GU', 'VI', 'AS', 'MP'];

const ZONE_OF_STATE: ReadonlyMap<string, Zone> = new Map([
  ...WEST.map((state) => [state, 'us_west'] as const),
  ...CENTRAL.map((state) => [state, 'us_central'] as const),
  ...EAST.map((state) => [state, 'us_east'] as const),
  ...TERRITORIES.map((state) => [state, 'international'] as const),
]);

/** Whether this is a two-letter code of the US Postal Service for a state, the capital or a territory, in upper case. */
export function isUsState(code: string): boolean {
  return ZONE_OF_STATE.has(code);
}

/** Where a parcel goes, for its price. Takes a normalized address without faults. */
export function zoneOf(address: Pick<ShippingAddress, 'country' | 'state'>): Zone {
  if (address.country !== 'US') return 'international';
  return ZONE_OF_STATE.get(address.state ?? '') ?? 'international';
}
