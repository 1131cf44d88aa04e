import { Module } from '@nestjs/common';
import {
  EVENT_SUBSCRIBERS,
  EVENT_TRANSPORTS,
  type EventSubscriber,
  type EventTransport,
  OutboxEar,
  PublishEvents,
  SendEvents,
} from '../../platform/outbox/index.js';
import { Relay } from './jobs/relay.js';

/** Who takes events into our own database, in the transaction that publishes them. */
const subscribers: readonly EventSubscriber[] = [];

/** Where events go over the network. */
const transports: readonly EventTransport[] = [];

/** The way out, without anything that serves HTTP or jobs. */
@Module({
  providers: [
    { provide: EVENT_SUBSCRIBERS, useValue: subscribers },
    { provide: EVENT_TRANSPORTS, useValue: transports },
    PublishEvents,
    SendEvents,
  ],
  exports: [PublishEvents, SendEvents],
})
export class OutboundModule {}

/** What the worker adds. */
@Module({ imports: [OutboundModule], providers: [OutboxEar, Relay] })
export class OutboundJobsModule {}
