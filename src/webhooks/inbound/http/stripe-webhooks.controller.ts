import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { BySignature } from '../../../platform/auth/index.js';
import { type HttpRequest, RawBody } from '../../../platform/http/index.js';
import { ReceiveEvent, type Reception } from '../use-cases/receive-event.use-case.js';
import { StripeRequests } from './stripe-request.js';

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
  @ApiOperation({ summary: 'Take in an event of Stripe', security: [] })
  async receive(@Req() request: HttpRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    return presentReception(await this.receiveEvent.execute(await this.requests.read(request, reply)));
  }
}

function presentReception(reception: Reception): object {
  return reception === 'duplicate' ? { received: true, duplicate: true } : { received: true };
}
