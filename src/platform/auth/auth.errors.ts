import { domainError } from '../../kernel/domain-error.js';

export class Unauthorized extends domainError({
  code: 'unauthorized',
  kind: 'unauthorized',
  summary: 'The token or the internal key is missing, wrong or expired. Send `Authorization: Bearer <token>`.',
}) {
  constructor(reason = 'This route needs a valid bearer token.') {
    super(reason);
  }
}

export class Forbidden extends domainError({
  code: 'forbidden',
  kind: 'forbidden',
  summary: 'The token is valid, but its roles do not reach this route.',
}) {
  constructor() {
    super('Your role does not reach this route.');
  }
}
