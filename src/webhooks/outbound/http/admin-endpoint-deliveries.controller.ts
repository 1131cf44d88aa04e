import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../kernel/actor.js';
import { AdminOnly, CurrentActor } from '../../../platform/auth/index.js';
import type { DeliveryId } from '../domain/delivery.js';
import type { WebhookEndpointId } from '../domain/endpoint.js';
import { DeliveryQuery } from '../queries/delivery.query.js';
import { ReplayDelivery } from '../use-cases/replay-delivery.use-case.js';
import { presentDelivery, presentWithRequest } from './delivery.presenter.js';
import { DeliveryView, DeliveryWithRequestView } from './delivery.view.js';
import { deliveryId, webhookEndpointId } from './outbound-ids.js';

/** The same as `…/webhook-endpoints/deliveries/{delivery_id}`, for who comes from the list of an endpoint. */
@ApiTags('Admin: webhook endpoints')
@AdminOnly()
@Controller('v1/admin/webhook-endpoints/:id/deliveries')
export class AdminEndpointDeliveriesController {
  constructor(
    private readonly delivery: DeliveryQuery,
    private readonly replayDelivery: ReplayDelivery,
  ) {}

  @Get(':delivery_id')
  @ApiOperation({ summary: 'A delivery to this endpoint with the request as it was sent last' })
  @ApiOkResponse({ type: DeliveryWithRequestView })
  async get(
    @Param('id', webhookEndpointId) endpointId: WebhookEndpointId,
    @Param('delivery_id', deliveryId) id: DeliveryId,
  ): Promise<DeliveryWithRequestView> {
    return presentWithRequest(await this.delivery.get(id, endpointId));
  }

  @Post(':delivery_id/replay')
  @HttpCode(202)
  @ApiOperation({ summary: 'Send a delivery to this endpoint again, whatever became of it' })
  @ApiAcceptedResponse({ type: DeliveryView })
  async replay(
    @CurrentActor() actor: Actor,
    @Param('id', webhookEndpointId) endpointId: WebhookEndpointId,
    @Param('delivery_id', deliveryId) id: DeliveryId,
  ): Promise<DeliveryView> {
    const delivery = await this.delivery.get(id, endpointId);
    return presentDelivery(await this.replayDelivery.execute(actor, delivery.id));
  }
}
