import { Controller, Get, Headers, Inject, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AdminOnly } from '../../../platform/auth/index.js';
import { CONFIG, type Config } from '../../../platform/config/index.js';
import { pageOf, presentListing, ValidationFailed } from '../../../platform/http/index.js';
import { cloudEvent } from '../../../platform/outbox/index.js';
import { EventFeedQuery } from '../queries/event-feed.query.js';
import { EventHub } from './event-hub.js';
import { EventsQuery, EventStreamQuery, typesOf } from './feed.dto.js';
import { EventPage } from './feed.view.js';

@ApiTags('Admin: events')
@AdminOnly()
@Controller('v1/admin/events')
export class AdminEventsController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly feed: EventFeedQuery,
    private readonly hub: EventHub,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Everything that happened, oldest first, behind the last event that was seen',
    description: '`total_count` is how many events lie behind the cursor.',
  })
  @ApiOkResponse({ type: EventPage })
  async find(@Query() query: EventsQuery): Promise<object> {
    const page = pageOf(query);
    if (query.after !== undefined && page.startingAfter !== null) {
      throw new ValidationFailed([{ field: 'after', message: 'goes without starting_after, which means the same' }]);
    }
    const section = { ...page, after: query.after ?? page.startingAfter, types: typesOf(query.type) };
    return presentListing('events', await this.feed.find(section), page, (event) =>
      cloudEvent(event, this.config.EVENT_SOURCE),
    );
  }

  @Get('stream')
  @ApiOperation({
    summary: 'What happens from now on, or behind the last event that was seen, as server-sent events',
    description:
      'Each message has the id of an event and the event itself as JSON. A stream lasts 15 minutes at most; come back with the last id.',
  })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Goes before `after`.' })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ schema: { type: 'string' } })
  async stream(
    @Query() query: EventStreamQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const after = lastEventId === undefined || lastEventId === '' ? (query.after ?? null) : lastEventId;
    const stream = await this.hub.open(after, typesOf(query.type));
    void reply
      .header('content-type', 'text/event-stream; charset=utf-8')
      .header('cache-control', 'no-store')
      // Tells nginx to pass each message on at once.
      .header('x-accel-buffering', 'no')
      .send(stream);
  }
}
