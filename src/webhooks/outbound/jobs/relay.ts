import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { OutboxEar, PruneOutbox, PublishEvents, RelayLoop, SendEvents } from '../../../platform/outbox/index.js';
import { Sweep } from '../../../platform/queue/index.js';

/** How long an event waits at most for which nobody rang. */
const LOOK_EVERY_MS = 1_000;
const PRUNE_INTERVAL_MS = 60_000;

/** The way of events out of the house: one loop puts them into the feed, another sends them, so that a silent broker keeps
 * nobody else waiting. */
@Injectable()
export class Relay implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly publishing: RelayLoop;
  private readonly sending: RelayLoop;
  private readonly pruning: Sweep;

  constructor(
    private readonly ear: OutboxEar,
    private readonly publish: PublishEvents,
    private readonly send: SendEvents,
    prune: PruneOutbox,
  ) {
    this.publishing = new RelayLoop('publish-events', LOOK_EVERY_MS, (stop) => this.publishAll(stop));
    this.sending = new RelayLoop('send-events', LOOK_EVERY_MS, (stop) => send.execute(stop));
    this.pruning = new Sweep('prune-outbox', PRUNE_INTERVAL_MS, (stop) => prune.execute(stop));
  }

  onApplicationBootstrap(): void {
    this.publishing.start();
    this.sending.start();
    this.pruning.start();
    this.ear.listen(() => this.publishing.wake());
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.publishing.stop(), this.sending.stop(), this.pruning.stop()]);
  }

  /** A ring may be for what was replayed, so whoever has somebody to send to looks in any case. */
  private async publishAll(stop: AbortSignal): Promise<void> {
    await this.publish.execute(stop);
    if (this.send.hasTransports) this.sending.wake();
  }
}
