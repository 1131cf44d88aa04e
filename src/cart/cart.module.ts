import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CatalogModule } from '../catalog/index.js';
import { CartFacade } from './cart.facade.js';
import { CartController } from './http/cart.controller.js';
import { CartItemsController } from './http/cart-items.controller.js';
import { CartEntity } from './persistence/cart.entity.js';
import { CartLineEntity } from './persistence/cart-line.entity.js';
import { CartRepository } from './persistence/cart.repository.js';
import { CartQuery } from './queries/cart.query.js';
import { AddCartItem } from './use-cases/add-cart-item.use-case.js';
import { EmptyCart } from './use-cases/empty-cart.use-case.js';
import { MergeGuestCart } from './use-cases/merge-guest-cart.use-case.js';
import { ProductsForSale } from './use-cases/products-for-sale.js';
import { PutCartLine } from './use-cases/put-cart-line.js';
import { ReplaceCart } from './use-cases/replace-cart.use-case.js';
import { SetCartItem } from './use-cases/set-cart-item.use-case.js';

const useCases = [AddCartItem, SetCartItem, ReplaceCart, EmptyCart, MergeGuestCart];

@Module({
  imports: [TypeOrmModule.forFeature([CartEntity, CartLineEntity]), CatalogModule],
  controllers: [CartController, CartItemsController],
  providers: [CartFacade, CartRepository, CartQuery, ProductsForSale, PutCartLine, ...useCases],
  exports: [CartFacade],
})
export class CartModule {}
