import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../kernel/actor.js';
import type { OrderId } from '../../kernel/id.js';
import { AdminOnly, CurrentActor } from '../../platform/auth/index.js';
import { pageOf, PageQuery, presentListing } from '../../platform/http/index.js';
import { OrderAuditQuery } from '../queries/order-audit.query.js';
import { OrderListQuery } from '../queries/order-list.query.js';
import { OrderQuery } from '../queries/order.query.js';
import { ArchiveOrder } from '../use-cases/archive-order.use-case.js';
import { FulfilOrder } from '../use-cases/fulfil-order.use-case.js';
import { AuditPage } from './audit-entry.view.js';
import { AdminOrdersQuery, FulfilOrderDto } from './order.dto.js';
import { presentAuditEntry, presentOrder } from './order.presenter.js';
import { OrderPage, PresentedOrder } from './order.view.js';
import { orderId } from './orders.controller.js';

@ApiTags('Admin: orders')
@AdminOnly()
@Controller('v1/admin/orders')
export class AdminOrdersController {
  constructor(
    private readonly order: OrderQuery,
    private readonly list: OrderListQuery,
    private readonly auditEntries: OrderAuditQuery,
    private readonly fulfilOrder: FulfilOrder,
    private readonly archiveOrder: ArchiveOrder,
  ) {}

  @Get()
  @ApiOperation({ summary: 'All orders, newest first unless sorted otherwise' })
  @ApiOkResponse({ type: OrderPage })
  async find(@Query() query: AdminOrdersQuery): Promise<object> {
    const page = pageOf(query);
    const filter = {
      status: query.status,
      paymentStatus: query.payment_status,
      customerId: query.customer_id,
      search: query.q,
      createdFrom: timeOf(query.created_from),
      createdTo: timeOf(query.created_to),
    };
    return presentListing('orders', await this.list.find(filter, page, query.sort), page, presentOrder);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Any order' })
  @ApiOkResponse({ type: PresentedOrder })
  async get(@Param('id', orderId) id: OrderId): Promise<PresentedOrder> {
    return presentOrder(await this.order.get(id, null));
  }

  @Get(':id/audit')
  @ApiOperation({ summary: 'What happened to an order, oldest first, refused moves included' })
  @ApiOkResponse({ type: AuditPage })
  async audit(@Param('id', orderId) id: OrderId, @Query() query: PageQuery): Promise<object> {
    const page = pageOf(query);
    return presentListing('entries', await this.auditEntries.find(id, page), page, presentAuditEntry);
  }

  @Post(':id/fulfill')
  @HttpCode(200)
  @ApiOperation({ summary: 'The parcel has left' })
  @ApiOkResponse({ type: PresentedOrder })
  async fulfil(
    @CurrentActor() actor: Actor,
    @Param('id', orderId) id: OrderId,
    @Body() body: FulfilOrderDto,
  ): Promise<PresentedOrder> {
    return presentOrder(await this.fulfilOrder.execute(actor, id, body.tracking ? { ...body.tracking } : null));
  }

  @Post(':id/archive')
  @HttpCode(200)
  @ApiOperation({ summary: 'Put a fulfilled order away' })
  @ApiOkResponse({ type: PresentedOrder })
  async archive(@CurrentActor() actor: Actor, @Param('id', orderId) id: OrderId): Promise<PresentedOrder> {
    return presentOrder(await this.archiveOrder.execute(actor, id));
  }
}

function timeOf(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text);
}
