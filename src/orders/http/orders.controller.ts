import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { OrderId } from '../../kernel/id.js';
import { Caller } from '../../platform/auth/index.js';
import { IdPipe, pageOf, PageQuery, presentListing, type Principal } from '../../platform/http/index.js';
import { OrderNotFound } from '../domain/order.errors.js';
import { OrderListQuery } from '../queries/order-list.query.js';
import { OrderQuery } from '../queries/order.query.js';
import { presentOrder } from './order.presenter.js';
import { OrderPage, PresentedOrder } from './order.view.js';

export const orderId = new IdPipe('ord', (id) => new OrderNotFound(id));

@ApiTags('Orders')
@Controller('v1/orders')
export class OrdersController {
  constructor(
    private readonly order: OrderQuery,
    private readonly list: OrderListQuery,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Your own orders, newest first, declined ones too' })
  @ApiOkResponse({ type: OrderPage })
  async findOwn(@Caller() caller: Principal, @Query() query: PageQuery): Promise<object> {
    const page = pageOf(query);
    return presentListing('orders', await this.list.find({ customerId: caller.id }, page), page, presentOrder);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One of your orders' })
  @ApiOkResponse({ type: PresentedOrder })
  async getOwn(@Caller() caller: Principal, @Param('id', orderId) id: OrderId): Promise<PresentedOrder> {
    return presentOrder(await this.order.get(id, caller.id));
  }
}
