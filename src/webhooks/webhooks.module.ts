import { Module } from '@nestjs/common';
import { FeedHttpModule } from './feed/feed.module.js';
import { InboundHttpModule, InboundJobsModule } from './inbound/inbound.module.js';
import { OutboundJobsModule, OutboundModule } from './outbound/outbound.module.js';

/** What the API serves. */
@Module({ imports: [InboundHttpModule, OutboundModule, FeedHttpModule] })
export class WebhooksModule {}

/** What the worker runs. */
@Module({ imports: [InboundJobsModule, OutboundJobsModule] })
export class WebhooksJobsModule {}
