import { Module } from '@nestjs/common';
import { FeedHttpModule } from './feed/feed.module.js';
import { InboundHttpModule, InboundJobsModule } from './inbound/inbound.module.js';
import { DeliveriesHttpModule, DeliveriesJobsModule } from './outbound/deliveries.module.js';
import { OutboundJobsModule, OutboundModule } from './outbound/outbound.module.js';

/** What the API serves. */
@Module({ imports: [InboundHttpModule, OutboundModule, FeedHttpModule, DeliveriesHttpModule] })
export class WebhooksModule {}

/** What the worker runs. */
@Module({ imports: [InboundJobsModule, OutboundJobsModule, DeliveriesJobsModule] })
export class WebhooksJobsModule {}
