import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { BySignature } from '../../../platform/auth/index.js';
import { type HttpRequest, RawBody } from '../../../platform/http/index.js';
import { ReceiveEvent, type Reception } from '../use-cases/receive-event.use-case.js';
import { StripeRequests } from './stripe-request.js';
import { PresentedReception } from './webhook-event.view.js';

@ApiTags('Webhooks')
@Controller('v1/webhooks/stripe')
export class StripeWebhooksController {
  constructor(
    private readonly requests: StripeRequests,
    private readonly receiveEvent: ReceiveEvent,
  ) {}

  @Post()
  @BySignature()
  @RawBody()
  @HttpCode(200)
  @ApiHeader({ name: 'Stripe-Signature', description: 'As Stripe makes it, over the body byte for byte.' })
  @ApiOperation({ summary: 'Take in an event of Stripe' })
  @ApiOkResponse({ type: PresentedReception })
  async receive(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PresentedReception> {
    return presentReception(await this.receiveEvent.execute(await this.requests.read(request, reply)));
  }
}

function presentReception(reception: Reception): PresentedReception {
  return reception === 'duplicate' ? { received: true, duplicate: true } : { received: true };
}
