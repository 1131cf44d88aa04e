import type { ShippingAddress } from '../../kernel/address.js';
import { ValidationFailed } from '../../platform/http/index.js';
import { addressFaults, normalizeAddress } from '../../shipping/index.js';
import type { ShippingAddressDto } from './checkout.dto.js';

/** The address as it is stored. Throws ValidationFailed where it cannot be delivered to, naming each member. */
export function addressOf(dto: ShippingAddressDto): ShippingAddress {
  const address = normalizeAddress({ ...dto });
  const faults = addressFaults(address);
  if (faults.length === 0) return address;
  throw new ValidationFailed(faults.map(({ field, message }) => ({ field: `shipping_address.${field}`, message })));
}
