import { domainError } from '../../kernel/domain-error.js';

export class CartLimitExceeded extends domainError({
  code: 'cart_limit_exceeded',
  kind: 'invalid',
  summary: 'A cart has at most 100 lines with at most 10 000 units each. The cart is as it was; split the purchase.',
}) {}

export class CurrencyMismatch extends domainError({
  code: 'currency_mismatch',
  kind: 'invalid',
  summary: 'The products are priced in more than one currency. Buy them separately.',
}) {
  constructor(currencies: readonly string[]) {
    super(`One purchase has one currency, not ${currencies.join(' and ')}.`, { currencies });
  }
}

export class GuestTokenInvalid extends domainError({
  code: 'guest_token_invalid',
  kind: 'invalid',
  summary: 'The `guest_token` is not the token of a guest session of this service, or it has expired.',
}) {
  constructor(cause: unknown) {
    super('The guest_token is not the token of a guest session, or it has expired.', {}, { cause });
  }
}
