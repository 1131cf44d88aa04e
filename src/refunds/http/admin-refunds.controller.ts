import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../kernel/actor.js';
import type { OrderId, RefundId } from '../../kernel/id.js';
import { orderId } from '../../orders/index.js';
import { AdminOnly, Caller, CurrentActor } from '../../platform/auth/index.js';
import {
  Idempotent,
  type IdempotentHttpCall,
  IdPipe,
  pageOf,
  presentListing,
  type Principal,
} from '../../platform/http/index.js';
import type { Answer } from '../../platform/idempotency/index.js';
import { RefundNotFound } from '../domain/refund.errors.js';
import { RefundQuery } from '../queries/refund.query.js';
import { RequestRefund, RetryRefund } from '../use-cases/request-refund.use-case.js';
import { RefundsQuery, RequestRefundDto } from './refund.dto.js';
import { presentRefund } from './refund.presenter.js';
import { PresentedRefund, RefundPage } from './refund.view.js';

export const refundId = new IdPipe('ref', (id) => new RefundNotFound(id));

@ApiTags('Admin: refunds')
@AdminOnly()
@Controller('v1/admin')
export class AdminRefundsController {
  constructor(
    private readonly refunds: RefundQuery,
    private readonly requestRefund: RequestRefund,
    private readonly retryRefund: RetryRefund,
  ) {}

  @Get('refunds')
  @ApiOperation({ summary: 'All refunds, newest first' })
  @ApiOkResponse({ type: RefundPage })
  async find(@Query() query: RefundsQuery): Promise<object> {
    const page = pageOf(query);
    const filter = { status: query.status, orderId: query.order_id };
    return presentListing('refunds', await this.refunds.find(filter, page), page, presentRefund);
  }

  @Get('refunds/:id')
  @ApiOperation({ summary: 'One refund' })
  @ApiOkResponse({ type: PresentedRefund })
  async get(@Param('id', refundId) id: RefundId): Promise<PresentedRefund> {
    return presentRefund(await this.refunds.get(id));
  }

  @Post('refunds/:id/retry')
  @HttpCode(202)
  @ApiOperation({ summary: 'Send a refund once more that had failed' })
  @ApiAcceptedResponse({ type: PresentedRefund })
  async retry(@CurrentActor() actor: Actor, @Param('id', refundId) id: RefundId): Promise<PresentedRefund> {
    return presentRefund(await this.retryRefund.execute(actor, id));
  }

  @Post('orders/:id/refunds')
  @HttpCode(202)
  @ApiHeader({ name: 'Idempotency-Key', required: true, description: 'A key of your own for this one intent.' })
  @ApiOperation({ summary: 'Give money back: all that is left, the price of items, or an amount' })
  @ApiAcceptedResponse({ type: PresentedRefund })
  request(
    @Caller() actor: Principal,
    @Param('id', orderId) id: OrderId,
    @Body() body: RequestRefundDto,
    @Idempotent() call: IdempotentHttpCall,
  ): Promise<Answer> {
    const command = {
      actor,
      orderId: id,
      items: body.items?.map((item) => ({
        itemId: item.item_id ?? undefined,
        productId: item.product_id ?? undefined,
        quantity: item.quantity,
      })),
      amount: body.amount ?? undefined,
      reason: body.reason ?? null,
      restock: body.restock ?? true,
    };
    return this.requestRefund.execute(command, call.answering(202, presentRefund));
  }
}
