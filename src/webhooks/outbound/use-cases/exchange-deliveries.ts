import { Inject, Injectable, Logger } from '@nestjs/common';
import { CONFIG, type Config } from '../../../platform/config/index.js';
import { answeredLater, Database, inOnePacket, type Tx } from '../../../platform/database/index.js';
import type { Delivery, Receipt } from '../domain/delivery.js';
import type { DisabledReason, WebhookEndpointId } from '../domain/endpoint.js';
import type { Verdict } from '../domain/retry-policy.js';
import type { Parcel } from '../gateway/delivery-sender.js';
import { SealBroken, SecretSeal } from '../gateway/secret-seal.js';
import { type DeliveryResult, DeliveryRepository } from '../persistence/delivery.repository.js';
import { type Recipient, WebhookEndpointRepository } from '../persistence/endpoint.repository.js';

/** What an attempt may take beyond the time of its answer, so that nobody else sends what is under way. */
const LEASE_MARGIN_SECONDS = 10;

export type DeliveryNames = Pick<Delivery, 'id' | 'attempts' | 'eventId' | 'eventType'>;

/** A delivery that was taken, with all that sending it needs. */
export type SignedDelivery = DeliveryNames & Parcel;

/** A delivery that was sent, and what follows. */
export type SentDelivery = DeliveryNames & { readonly receipt: Receipt; readonly verdict: Verdict };

/** The two ends of an attempt, in one transaction: what was sent is written down, and more is taken. Nothing is sent here. */
@Injectable()
export class ExchangeDeliveries {
  private readonly logger = new Logger(ExchangeDeliveries.name);

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly endpoints: WebhookEndpointRepository,
    private readonly deliveries: DeliveryRepository,
    private readonly seal: SecretSeal,
  ) {}

  async execute(
    id: WebhookEndpointId,
    sent: readonly SentDelivery[],
    places: number,
  ): Promise<readonly SignedDelivery[]> {
    const taken = await this.database.transaction(
      async (tx) => {
        const recipient = await this.recordAndFind(tx, id, sent, places);
        return answeredLater(recipient ? this.take(tx, id, recipient, places) : Promise.resolve([]));
      },
      sent.length > 0 ? 'concluding' : 'beginning',
    );
    return taken.answer;
  }

  /**
   * Answers whom to send more to, if anybody. Where all was received nothing keeps it from being found at the same moment;
   * what went wrong may pause or disable the endpoint, so that comes first. The endpoint's row comes after its deliveries.
   */
  private async recordAndFind(
    tx: Tx,
    id: WebhookEndpointId,
    sent: readonly SentDelivery[],
    places: number,
  ): Promise<Recipient | undefined> {
    const find = async () => (places > 0 ? this.endpoints.findRecipient(tx, id) : undefined);
    if (sent.length === 0) return find();
    const verdicts = sent.map(({ verdict }) => verdict);
    this.database.afterCommit(tx, () => sent.forEach((each) => this.report(id, each)));
    const lanes = await this.deliveries.record(tx, sent.map(resultOf));
    const woken = this.deliveries.wakeNext(tx, id, lanes);
    if (verdicts.every(({ kind }) => kind === 'delivered')) {
      const [, , recipient] = await inOnePacket(woken, this.endpoints.noteSuccess(tx, id), find());
      return recipient;
    }
    await woken;
    await this.noteHealth(tx, id, verdicts);
    const pause = Math.max(...verdicts.map((verdict) => (verdict.kind === 'retry' ? verdict.pauseAllSeconds : 0)));
    if (pause > 0) await this.endpoints.pause(tx, id, pause);
    return find();
  }

  private async noteHealth(tx: Tx, id: WebhookEndpointId, verdicts: readonly Verdict[]): Promise<void> {
    const kinds = new Set(verdicts.map(({ kind }) => kind));
    if (kinds.has('gone')) return this.disable(tx, id, 'gone');
    if (kinds.has('delivered')) return this.endpoints.noteSuccess(tx, id);
    const isHopeless = await this.endpoints.noteFailure(tx, id, this.config.WEBHOOK_DISABLE_AFTER_DAYS);
    if (isHopeless) await this.disable(tx, id, 'failing');
  }

  private async disable(tx: Tx, id: WebhookEndpointId, reason: DisabledReason): Promise<void> {
    if (!(await this.endpoints.disable(tx, id, reason))) return;
    this.database.afterCommit(tx, () =>
      this.logger.error({ msg: 'webhook_endpoint_disabled', webhook_endpoint_id: id, reason }),
    );
  }

  private async take(
    tx: Tx,
    id: WebhookEndpointId,
    recipient: Recipient,
    limit: number,
  ): Promise<readonly SignedDelivery[]> {
    const secrets = this.open(id, recipient.sealedSecrets);
    if (!secrets) return [];
    const leaseSeconds = this.config.WEBHOOK_TIMEOUT_MS / 1_000 + LEASE_MARGIN_SECONDS;
    const taken = await this.deliveries.take(tx, id, { limit, leaseSeconds });
    return taken.map((delivery) => ({ ...delivery, url: recipient.url, secrets }));
  }

  /** Without its secret an endpoint gets nothing, rather than something that it must refuse. */
  private open(id: WebhookEndpointId, sealed: readonly string[]): readonly string[] | undefined {
    try {
      return sealed.map((each) => this.seal.open(each, id));
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
      this.logger.error({ msg: 'webhook_secret_not_opened', webhook_endpoint_id: id, reason: error.message });
      return undefined;
    }
  }

  /** One line for each attempt that failed. Answers and bodies are in the delivery, which is for admins alone. */
  private report(endpointId: WebhookEndpointId, { receipt, verdict, ...delivery }: SentDelivery): void {
    const facts = {
      webhook_endpoint_id: endpointId,
      delivery_id: delivery.id,
      event_id: delivery.eventId,
      type: delivery.eventType,
      attempts: delivery.attempts,
      response_status: receipt.status,
      reason: receipt.error,
      duration_ms: receipt.durationMs,
    };
    if (verdict.kind === 'delivered') this.logger.debug({ msg: 'webhook_delivered', ...facts });
    else if (verdict.kind !== 'retry') this.logger.error({ msg: 'webhook_given_up', ...facts });
    else this.logger.warn({ msg: 'webhook_not_delivered', ...facts, pause_seconds: Math.round(verdict.seconds) });
  }
}

const OUTCOMES = { delivered: 'delivered', retry: 'pending', given_up: 'failed', gone: 'failed' } as const;

function resultOf({ id, attempts, receipt, verdict }: SentDelivery): DeliveryResult {
  const pauseSeconds = verdict.kind === 'retry' ? verdict.seconds : null;
  return { id, attempts, ...receipt, outcome: OUTCOMES[verdict.kind], pauseSeconds };
}
