import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../kernel/actor.js';
import { AdminOnly, CurrentActor } from '../../../platform/auth/index.js';
import { pageOf, presentListing } from '../../../platform/http/index.js';
import type { DeliveryId } from '../domain/delivery.js';
import type { WebhookEndpointId } from '../domain/endpoint.js';
import { DeliveryQuery } from '../queries/delivery.query.js';
import { EndpointQuery } from '../queries/endpoint.query.js';
import { ReplayDelivery } from '../use-cases/replay-delivery.use-case.js';
import { ReplayRange } from '../use-cases/replay-range.use-case.js';
import { TestEndpoint } from '../use-cases/test-endpoint.use-case.js';
import { DeliveriesQuery, rangeOf, ReplayRangeDto } from './delivery.dto.js';
import { presentDelivery, presentWithRequest } from './delivery.presenter.js';
import { DeliveryPage, DeliveryView, DeliveryWithRequestView, ReplayView } from './delivery.view.js';
import { deliveryId, webhookEndpointId } from './outbound-ids.js';

@ApiTags('Admin: webhook endpoints')
@AdminOnly()
@Controller('v1/admin/webhook-endpoints')
export class AdminDeliveriesController {
  constructor(
    private readonly endpoint: EndpointQuery,
    private readonly delivery: DeliveryQuery,
    private readonly testEndpoint: TestEndpoint,
    private readonly replayDelivery: ReplayDelivery,
    private readonly replayRange: ReplayRange,
  ) {}

  @Get(':id/deliveries')
  @ApiOperation({ summary: 'What was sent to an endpoint, or is to be, newest first' })
  @ApiOkResponse({ type: DeliveryPage })
  async find(@Param('id', webhookEndpointId) id: WebhookEndpointId, @Query() query: DeliveriesQuery): Promise<object> {
    const page = pageOf(query);
    const { id: endpointId } = await this.endpoint.get(id);
    const filter = { endpointId, status: query.status, eventType: query.event_type };
    return presentListing('deliveries', await this.delivery.find(filter, page), page, presentDelivery);
  }

  @Get('deliveries/:delivery_id')
  @ApiOperation({ summary: 'A delivery with the request as it was sent last' })
  @ApiOkResponse({ type: DeliveryWithRequestView })
  async get(@Param('delivery_id', deliveryId) id: DeliveryId): Promise<DeliveryWithRequestView> {
    return presentWithRequest(await this.delivery.get(id));
  }

  @Post('deliveries/:delivery_id/replay')
  @HttpCode(202)
  @ApiOperation({ summary: 'Send a delivery again, whatever became of it' })
  @ApiAcceptedResponse({ type: DeliveryView })
  async replay(@CurrentActor() actor: Actor, @Param('delivery_id', deliveryId) id: DeliveryId): Promise<DeliveryView> {
    return presentDelivery(await this.replayDelivery.execute(actor, id));
  }

  @Post(':id/test')
  @HttpCode(202)
  @ApiOperation({ summary: 'Send an endpoint an event `webhook.test`, of which nothing follows' })
  @ApiAcceptedResponse({ type: DeliveryView })
  async test(
    @CurrentActor() actor: Actor,
    @Param('id', webhookEndpointId) id: WebhookEndpointId,
  ): Promise<DeliveryView> {
    return presentDelivery(await this.testEndpoint.execute(actor, id));
  }

  @Post(':id/replay')
  @HttpCode(202)
  @ApiOperation({ summary: 'Send an endpoint everything once more that happened in a time, missed events included' })
  @ApiAcceptedResponse({ type: ReplayView })
  async replayAll(
    @CurrentActor() actor: Actor,
    @Param('id', webhookEndpointId) id: WebhookEndpointId,
    @Body() body: ReplayRangeDto,
  ): Promise<ReplayView> {
    const range = rangeOf(body);
    const replayed = await this.replayRange.execute(actor, id, range);
    return { webhook_endpoint_id: id, from: range.from.toISOString(), to: range.to.toISOString(), replayed };
  }
}
