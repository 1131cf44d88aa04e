import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../kernel/actor.js';
import { AdminOnly, CurrentActor } from '../../../platform/auth/index.js';
import { pageOf, PageQuery, presentListing } from '../../../platform/http/index.js';
import type { WebhookEndpointId } from '../domain/endpoint.js';
import { EndpointQuery } from '../queries/endpoint.query.js';
import { CreateEndpoint } from '../use-cases/create-endpoint.use-case.js';
import { DeleteEndpoint } from '../use-cases/delete-endpoint.use-case.js';
import { RotateSecret } from '../use-cases/rotate-secret.use-case.js';
import { UpdateEndpoint } from '../use-cases/update-endpoint.use-case.js';
import { changesOf, CreateEndpointDto, draftOf, UpdateEndpointDto } from './endpoint.dto.js';
import { presentEndpoint, presentWithSecret } from './endpoint.presenter.js';
import { WebhookEndpointPage, WebhookEndpointView, WebhookEndpointWithSecretView } from './endpoint.view.js';
import { webhookEndpointId } from './outbound-ids.js';

@ApiTags('Admin: webhook endpoints')
@AdminOnly()
@Controller('v1/admin/webhook-endpoints')
export class AdminWebhookEndpointsController {
  constructor(
    private readonly endpoint: EndpointQuery,
    private readonly createEndpoint: CreateEndpoint,
    private readonly updateEndpoint: UpdateEndpoint,
    private readonly deleteEndpoint: DeleteEndpoint,
    private readonly rotateSecret: RotateSecret,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Who is told of events, newest first' })
  @ApiOkResponse({ type: WebhookEndpointPage })
  async find(@Query() query: PageQuery): Promise<object> {
    const page = pageOf(query);
    return presentListing('webhook_endpoints', await this.endpoint.find(page), page, presentEndpoint);
  }

  @Post()
  @ApiOperation({ summary: 'Tell somebody of events from now on; the secret is shown this once' })
  @ApiCreatedResponse({ type: WebhookEndpointWithSecretView })
  async create(@CurrentActor() actor: Actor, @Body() body: CreateEndpointDto): Promise<WebhookEndpointWithSecretView> {
    return presentWithSecret(await this.createEndpoint.execute(actor, draftOf(body)));
  }

  @Get(':id')
  @ApiOperation({ summary: 'A webhook endpoint' })
  @ApiOkResponse({ type: WebhookEndpointView })
  async get(@Param('id', webhookEndpointId) id: WebhookEndpointId): Promise<WebhookEndpointView> {
    return presentEndpoint(await this.endpoint.get(id));
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change some members of an endpoint, or enable and disable it' })
  @ApiOkResponse({ type: WebhookEndpointView })
  async update(
    @CurrentActor() actor: Actor,
    @Param('id', webhookEndpointId) id: WebhookEndpointId,
    @Body() body: UpdateEndpointDto,
  ): Promise<WebhookEndpointView> {
    return presentEndpoint(await this.updateEndpoint.execute(actor, id, changesOf(body)));
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Send nothing to an endpoint any more, and forget it' })
  @ApiOkResponse({ type: WebhookEndpointView })
  async delete(
    @CurrentActor() actor: Actor,
    @Param('id', webhookEndpointId) id: WebhookEndpointId,
  ): Promise<WebhookEndpointView> {
    return presentEndpoint(await this.deleteEndpoint.execute(actor, id));
  }

  @Post(':id/rotate-secret')
  @HttpCode(200)
  @ApiOperation({ summary: 'A new secret, shown this once; the old one signs beside it for a while' })
  @ApiOkResponse({ type: WebhookEndpointWithSecretView })
  async rotate(
    @CurrentActor() actor: Actor,
    @Param('id', webhookEndpointId) id: WebhookEndpointId,
  ): Promise<WebhookEndpointWithSecretView> {
    return presentWithSecret(await this.rotateSecret.execute(actor, id));
  }
}
