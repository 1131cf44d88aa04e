import { Body, Controller, Delete, Get, HttpCode, Post, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, SignedInOnly } from '../../platform/auth/index.js';
import type { Principal } from '../../platform/http/index.js';
import { CartQuery } from '../queries/cart.query.js';
import { EmptyCart } from '../use-cases/empty-cart.use-case.js';
import { MergeGuestCart } from '../use-cases/merge-guest-cart.use-case.js';
import { ReplaceCart } from '../use-cases/replace-cart.use-case.js';
import { lineOf, MergeCartDto, ReplaceCartDto } from './cart.dto.js';
import { presentCart } from './cart.presenter.js';
import { CartView } from './cart.view.js';

const MERGE = `Quantities add up, to 10 000 units a line at most. What does not fit is left out: products in another currency
than your cart's, and lines beyond 100. The guest's cart is empty afterwards, so that a second merge adds nothing.`;

@ApiTags('Cart')
@Controller('v1/cart')
export class CartController {
  constructor(
    private readonly cart: CartQuery,
    private readonly replaceCart: ReplaceCart,
    private readonly emptyCart: EmptyCart,
    private readonly mergeGuestCart: MergeGuestCart,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Your cart with live prices; empty with version 0 before its first change' })
  @ApiOkResponse({ type: CartView })
  async find(@Caller() caller: Principal): Promise<CartView> {
    return presentCart(await this.cart.find(caller.id));
  }

  @Put()
  @ApiOperation({ summary: 'Replace the whole cart in one call' })
  @ApiOkResponse({ type: CartView })
  async replace(@Caller() caller: Principal, @Body() body: ReplaceCartDto): Promise<CartView> {
    return presentCart(await this.replaceCart.execute(caller.id, body.items.map(lineOf)));
  }

  @Delete()
  @ApiOperation({ summary: 'Empty the cart' })
  @ApiOkResponse({ type: CartView })
  async empty(@Caller() caller: Principal): Promise<CartView> {
    return presentCart(await this.emptyCart.execute(caller.id));
  }

  @Post('merge')
  @SignedInOnly()
  @HttpCode(200)
  @ApiOperation({ summary: "Move a guest's cart into yours", description: MERGE })
  @ApiOkResponse({ type: CartView })
  async merge(@Caller() caller: Principal, @Body() body: MergeCartDto): Promise<CartView> {
    return presentCart(await this.mergeGuestCart.execute(caller.id, body.guest_token));
  }
}
