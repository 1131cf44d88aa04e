import { domainError } from '../../kernel/domain-error.js';

export class ShippingUnavailable extends domainError({
  code: 'shipping_unavailable',
  kind: 'invalid',
  summary: 'There is no shipping rate for this zone and currency. Order in another currency or without an address.',
}) {
  constructor(zone: string, currency: string) {
    super(`Nothing is shipped to ${zone} for ${currency}.`, { zone, currency });
  }
}
