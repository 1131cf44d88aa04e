// Products and their prices, as they are now.
// Never says how many there are, and never what somebody paid: orders keep their own snapshots.
export { CatalogFacade, type CatalogProduct } from './catalog.facade.js';
export { CatalogModule } from './catalog.module.js';
export type { ProductDraft } from './domain/product.js';
export { ProductNotFound } from '../kernel/product-not-found.js';
