import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../kernel/actor.js';
import type { OrderId } from '../../kernel/id.js';
import { orderId, presentOrder, PresentedOrder } from '../../orders/index.js';
import { AdminOnly, CurrentActor } from '../../platform/auth/index.js';
import { Idempotent, type IdempotentHttpCall } from '../../platform/http/index.js';
import type { Answer } from '../../platform/idempotency/index.js';
import { CancelOrder } from '../use-cases/cancel-order.use-case.js';
import { CaptureOrder } from '../use-cases/capture-order.use-case.js';
import { ReviewOrder } from '../use-cases/review-order.use-case.js';
import { CancelOrderDto, ReviewOrderDto } from './checkout.dto.js';
import { presentOrderAnswer } from './order-answer.presenter.js';
import { OrderWithPayment } from './order-answer.view.js';

@ApiTags('Admin: orders')
@AdminOnly()
@Controller('v1/admin/orders')
export class AdminCheckoutController {
  constructor(
    private readonly cancelOrder: CancelOrder,
    private readonly captureOrder: CaptureOrder,
    private readonly reviewOrder: ReviewOrder,
  ) {}

  @Post(':id/cancel')
  @HttpCode(200)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Give any order up; a paid one gets all of its money back' })
  @ApiOkResponse({ type: OrderWithPayment })
  cancel(
    @CurrentActor() actor: Actor,
    @Param('id', orderId) id: OrderId,
    @Body() body: CancelOrderDto,
    @Idempotent() call: IdempotentHttpCall,
  ): Promise<Answer> {
    const command = { actor, ownerId: null, orderId: id, reason: body.reason ?? null };
    return this.cancelOrder.execute(command, call.answering(200, presentOrderAnswer));
  }

  @Post(':id/capture')
  @HttpCode(200)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Take the money of an authorized order, all of it; only then is its stock sold' })
  @ApiOkResponse({ type: OrderWithPayment })
  capture(
    @CurrentActor() actor: Actor,
    @Param('id', orderId) id: OrderId,
    @Idempotent() call: IdempotentHttpCall,
  ): Promise<Answer> {
    return this.captureOrder.execute({ actor, orderId: id }, call.answering(200, presentOrderAnswer));
  }

  @Post(':id/review')
  @HttpCode(200)
  @ApiOperation({ summary: 'Decide about a payment that did not fit: take it as it is, or give it back' })
  @ApiOkResponse({ type: PresentedOrder })
  async review(
    @CurrentActor() actor: Actor,
    @Param('id', orderId) id: OrderId,
    @Body() body: ReviewOrderDto,
  ): Promise<PresentedOrder> {
    return presentOrder(await this.reviewOrder.execute({ actor, orderId: id, action: body.action }));
  }
}
