import { ProductNotFound } from '../../kernel/product-not-found.js';
import { IdPipe } from '../../platform/http/index.js';

export const productId = new IdPipe('prod', (id) => new ProductNotFound(id));
