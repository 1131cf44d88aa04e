import type { ShippingAddress } from '../../kernel/address.js';
import { isCountry } from './countries.js';
import { isUsState } from './zone.js';

export interface AddressFault {
  /** The member of the address, such as `postal_code`. */
  readonly field: keyof ShippingAddress;
  readonly message: string;
}

/** ZIP or ZIP+4 (https://pe.usps.com/text/pub28/28c2_007.htm). */
const US_POSTAL_CODE = /^\d{5}$|^\d{5}-\d{4}$/;

/** The address with its country, and in the US its state, as upper-case codes. The rest stays as the buyer wrote it. */
export function normalizeAddress(address: ShippingAddress): ShippingAddress {
  const country = address.country.trim().toUpperCase();
  if (country !== 'US' || address.state === undefined) return { ...address, country };
  return { ...address, country, state: address.state.trim().toUpperCase() };
}

/** What makes an address unusable for a parcel; nothing for a good one. Codes count in either case. */
export function addressFaults(address: ShippingAddress): AddressFault[] {
  const { country, state, postal_code } = normalizeAddress(address);
  if (!isCountry(country)) return [{ field: 'country', message: 'must be an ISO 3166-1 alpha-2 code, such as US' }];
  if (country !== 'US') return [];
  return [...usStateFaults(state), ...usPostalCodeFaults(postal_code)];
}

function usStateFaults(state: string | undefined): AddressFault[] {
  if (state === undefined) return [{ field: 'state', message: 'is required for addresses in the US' }];
  return isUsState(state) ? [] : [{ field: 'state', message: 'must be a two-letter US state code, such as CA' }];
}

function usPostalCodeFaults(code: string): AddressFault[] {
  if (US_POSTAL_CODE.test(code)) return [];
  return [{ field: 'postal_code', message: 'must be a US postal code: 12345 or 12345-6789' }];
}
