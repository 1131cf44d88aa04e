import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CatalogFacade } from './catalog.facade.js';
import { ProductEntity } from './persistence/product.entity.js';
import { ProductRepository } from './persistence/product.repository.js';

@Module({
  imports: [TypeOrmModule.forFeature([ProductEntity])],
  providers: [CatalogFacade, ProductRepository],
  exports: [CatalogFacade],
})
export class CatalogModule {}
