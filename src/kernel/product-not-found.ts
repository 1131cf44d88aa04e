import { domainError } from './domain-error.js';

/** Rooms that stand side by side speak of the same products, and one code may be declared only once. */
export class ProductNotFound extends domainError({
  code: 'product_not_found',
  kind: 'not_found',
  summary: 'No product has this id, or it is not for sale.',
}) {
  constructor(id: string) {
    super(`There is no product ${id}.`, { product_id: id });
  }
}
