import { Module } from '@nestjs/common';
import { ObservabilityModule } from '../../platform/observability/index.js';
import { OutboxMetrics } from '../../platform/outbox/index.js';
import { AdminDeadLettersController } from './http/admin-dead-letters.controller.js';
import { AdminEventsController } from './http/admin-events.controller.js';
import { EventHub } from './http/event-hub.js';
import { EventFeedQuery } from './queries/event-feed.query.js';

/** What was published, for those who come and read. */
@Module({
  imports: [ObservabilityModule],
  controllers: [AdminEventsController, AdminDeadLettersController],
  providers: [EventFeedQuery, EventHub, OutboxMetrics],
})
export class FeedHttpModule {}
