import { Module } from '@nestjs/common';
import { InboundHttpModule, InboundJobsModule } from './inbound/inbound.module.js';

/** What the API serves. */
@Module({ imports: [InboundHttpModule] })
export class WebhooksModule {}

/** What the worker runs. */
@Module({ imports: [InboundJobsModule] })
export class WebhooksJobsModule {}
