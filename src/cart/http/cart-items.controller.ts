import { Body, Controller, Delete, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ProductNotFound } from '../../catalog/index.js';
import type { ProductId } from '../../kernel/id.js';
import { Caller } from '../../platform/auth/index.js';
import { IdPipe, type Principal } from '../../platform/http/index.js';
import { AddCartItem } from '../use-cases/add-cart-item.use-case.js';
import { SetCartItem } from '../use-cases/set-cart-item.use-case.js';
import { CartLineDto, CartQuantityDto, lineOf } from './cart.dto.js';
import { presentCart } from './cart.presenter.js';
import { CartView } from './cart.view.js';

const productId = new IdPipe('prod', (id) => new ProductNotFound(id));

@ApiTags('Cart')
@Controller('v1/cart/items')
export class CartItemsController {
  constructor(
    private readonly addCartItem: AddCartItem,
    private readonly setCartItem: SetCartItem,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Add units of a product; more than is available is allowed, checkout decides' })
  @ApiOkResponse({ type: CartView })
  async add(@Caller() caller: Principal, @Body() body: CartLineDto): Promise<CartView> {
    return presentCart(await this.addCartItem.execute(caller.id, lineOf(body)));
  }

  @Put(':product_id')
  @ApiOperation({ summary: 'Set how many units of a product the cart has; 0 takes it out' })
  @ApiOkResponse({ type: CartView })
  async set(
    @Caller() caller: Principal,
    @Param('product_id', productId) id: ProductId,
    @Body() body: CartQuantityDto,
  ): Promise<CartView> {
    return presentCart(await this.setCartItem.execute(caller.id, { productId: id, quantity: body.quantity }));
  }

  @Delete(':product_id')
  @ApiOperation({ summary: 'Take a product out; fine where it is not in' })
  @ApiOkResponse({ type: CartView })
  async remove(@Caller() caller: Principal, @Param('product_id', productId) id: ProductId): Promise<CartView> {
    return presentCart(await this.setCartItem.execute(caller.id, { productId: id, quantity: 0 }));
  }
}
