import { Inject, Injectable, Logger } from '@nestjs/common';
import { CONFIG, type Config } from '../../../platform/config/index.js';
import type { WebhookEndpointId } from '../domain/endpoint.js';
import { DueEndpointsQuery } from '../queries/due-endpoints.query.js';
import { EndpointQueue, type QueueWork } from './endpoint-queue.js';
import { ExchangeDeliveries } from './exchange-deliveries.js';
import { SendDelivery } from './send-delivery.js';

interface Running {
  readonly queue: EndpointQueue;
  readonly ended: Promise<void>;
}

/** Sends what is due, to each endpoint by itself. Any number of workers may do so at once. */
@Injectable()
export class DeliverDue {
  private readonly logger = new Logger(DeliverDue.name);
  private readonly running = new Map<WebhookEndpointId, Running>();
  private readonly stopping = new AbortController();
  private readonly work: QueueWork;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly due: DueEndpointsQuery,
    exchange: ExchangeDeliveries,
    sending: SendDelivery,
  ) {
    this.work = {
      exchange: (id, sent, places) => exchange.execute(id, sent, places),
      send: (delivery) => sending.execute(delivery),
    };
  }

  /** Sees to it that every endpoint is served for which something is due. Waits for none of them; answers how many. */
  async execute(): Promise<number> {
    const ids = this.stopping.signal.aborted ? [] : await this.due.find();
    for (const id of ids) this.serve(id);
    return ids.length;
  }

  /** Resolves when none of those that are served now is served any more. */
  async idle(): Promise<void> {
    await Promise.all([...this.running.values()].map(({ ended }) => ended));
  }

  /** Begins nothing any more, and ends when what is under way has been written down. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.idle();
  }

  private serve(id: WebhookEndpointId): void {
    const running = this.running.get(id);
    if (running) return running.queue.call();
    if (this.stopping.signal.aborted) return;
    const queue = new EndpointQueue(id, this.config.WEBHOOK_CONCURRENCY, this.work);
    this.running.set(id, { queue, ended: this.run(id, queue) });
  }

  /** Where one fails it loses what it knew, no more: its deliveries are due again when their leases end. */
  private async run(id: WebhookEndpointId, queue: EndpointQueue): Promise<void> {
    try {
      await queue.run(this.stopping.signal);
    } catch (error) {
      this.logger.error({ msg: 'webhook_queue_failed', webhook_endpoint_id: id, reason: String(error) });
    } finally {
      this.running.delete(id);
    }
  }
}
