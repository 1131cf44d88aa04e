import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../kernel/actor.js';
import type { OrderId } from '../../kernel/id.js';
import { orderId } from '../../orders/index.js';
import { AdminOnly, CurrentActor } from '../../platform/auth/index.js';
import { Idempotent, type IdempotentHttpCall } from '../../platform/http/index.js';
import type { Answer } from '../../platform/idempotency/index.js';
import { CancelOrder } from '../use-cases/cancel-order.use-case.js';
import { CancelOrderDto } from './checkout.dto.js';
import { presentOrderAnswer } from './order-answer.presenter.js';

@ApiTags('Admin: orders')
@AdminOnly()
@Controller('v1/admin/orders')
export class AdminCancelController {
  constructor(private readonly cancelOrder: CancelOrder) {}

  @Post(':id/cancel')
  @HttpCode(200)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Give any order up that is not paid' })
  cancel(
    @CurrentActor() actor: Actor,
    @Param('id', orderId) id: OrderId,
    @Body() body: CancelOrderDto,
    @Idempotent() call: IdempotentHttpCall,
  ): Promise<Answer> {
    const command = { actor, ownerId: null, orderId: id, reason: body.reason ?? null };
    return this.cancelOrder.execute(command, call.answering(200, presentOrderAnswer));
  }
}
