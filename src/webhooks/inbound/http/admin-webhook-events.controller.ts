import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../kernel/actor.js';
import { AdminOnly, CurrentActor } from '../../../platform/auth/index.js';
import { IdPipe, pageOf, presentListing } from '../../../platform/http/index.js';
import { WebhookEventNotFound } from '../domain/webhook.errors.js';
import type { WebhookEventId } from '../domain/webhook-event.js';
import { WebhookEventListQuery } from '../queries/webhook-event-list.query.js';
import { ReplayEvent } from '../use-cases/replay-event.use-case.js';
import { WebhookEventsQuery } from './webhook-event.dto.js';
import { presentWebhookEvent } from './webhook-event.presenter.js';
import { PresentedWebhookEvent, WebhookEventPage } from './webhook-event.view.js';

export const webhookEventId = new IdPipe('whe', (id) => new WebhookEventNotFound(id));

@ApiTags('Admin: webhooks')
@AdminOnly()
@Controller('v1/admin/webhook-events')
export class AdminWebhookEventsController {
  constructor(
    private readonly list: WebhookEventListQuery,
    private readonly replayEvent: ReplayEvent,
  ) {}

  @Get()
  @ApiOperation({ summary: 'What the payment provider and the broker told us, newest first, and what became of it' })
  @ApiOkResponse({ type: WebhookEventPage })
  async find(@Query() query: WebhookEventsQuery): Promise<object> {
    const page = pageOf(query);
    const filter = { status: query.status, type: query.type, provider: query.provider };
    return presentListing('webhook_events', await this.list.find(filter, page), page, presentWebhookEvent);
  }

  @Post(':id/replay')
  @HttpCode(202)
  @ApiOperation({ summary: 'Work on an event anew, for example one that was parked' })
  @ApiAcceptedResponse({ type: PresentedWebhookEvent })
  async replay(
    @CurrentActor() actor: Actor,
    @Param('id', webhookEventId) id: WebhookEventId,
  ): Promise<PresentedWebhookEvent> {
    return presentWebhookEvent(await this.replayEvent.execute(actor, id));
  }
}
