import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CatalogFacade } from './catalog.facade.js';
import { AdminProductsController } from './http/admin-products.controller.js';
import { ProductsController } from './http/products.controller.js';
import { ProductEntity } from './persistence/product.entity.js';
import { ProductRepository } from './persistence/product.repository.js';
import { ProductListQuery } from './queries/product-list.query.js';
import { ProductQuery } from './queries/product.query.js';
import { ArchiveProduct } from './use-cases/archive-product.use-case.js';
import { CreateProduct } from './use-cases/create-product.use-case.js';
import { UpdateProduct } from './use-cases/update-product.use-case.js';

@Module({
  imports: [TypeOrmModule.forFeature([ProductEntity])],
  controllers: [ProductsController, AdminProductsController],
  providers: [
    CatalogFacade,
    ProductRepository,
    ProductQuery,
    ProductListQuery,
    CreateProduct,
    UpdateProduct,
    ArchiveProduct,
  ],
  exports: [CatalogFacade],
})
export class CatalogModule {}
