import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Consumer, EachBatchPayload, IHeaders, KafkaMessage as RawMessage } from 'kafkajs';
import type { KafkaClients } from './kafka-clients.js';
import { settledWithin } from './within-limit.js';

/** A message as it lies in its topic. */
export interface KafkaMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  /** Null for a tombstone. */
  readonly value: Buffer | null;
  /** Of several with one name the last. */
  readonly headers: ReadonlyMap<string, string>;
  /** When it was written, as far as the broker tells. */
  readonly timestamp: Date;
}

export interface Listening {
  readonly topic: string;
  readonly groupId: string;
  /** Called once at least for each message, in the order of a partition. It comes again where this throws. */
  readonly receive: (message: KafkaMessage) => Promise<void>;
}

/** After so long without a sign of life the partitions of a listener go to another one. */
const SESSION_TIMEOUT_MS = 12_000;
const HEARTBEAT_INTERVAL_MS = 3_000;
const REBALANCE_TIMEOUT_MS = 15_000;
/** How long the broker keeps a question open when there is nothing new. Stopping waits for the answer. */
const LONGEST_WAIT_MS = 500;
const COMMIT_EVERY = 100;
const STOP_LIMIT_MS = 5_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Hears a topic from the oldest message that its group has not finished. An offset is committed after `receive` has ended
 * for everything before it. Whatever fails, it begins anew with fresh connections, after growing pauses and without an end.
 */
export class KafkaListener {
  private readonly logger = new Logger(KafkaListener.name);
  private readonly stopping = new AbortController();
  private ended: Promise<void> = Promise.resolve();
  /** Sessions that came to nothing in a row. A heartbeat comes after all that there was to receive. */
  private failures = 0;

  constructor(
    private readonly clients: KafkaClients,
    private readonly listening: Listening,
  ) {}

  /** Does not wait for the broker. */
  start(): void {
    this.ended = this.run();
  }

  /** Ends after the message that is being received. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await settledWithin(STOP_LIMIT_MS, this.ended);
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const reason = await this.session().catch((error: unknown) => error);
      if (this.stopping.signal.aborted) return;
      await this.rest(reason);
    }
  }

  /** The loss is told once, however long it lasts. */
  private async rest(reason: unknown): Promise<void> {
    this.failures += 1;
    const line = { msg: 'broker_not_heard', topic: this.listening.topic, reason: String(reason) };
    if (this.failures === 1) this.logger.warn(line);
    else this.logger.debug(line);
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (this.failures - 1), LONGEST_PAUSE_MS);
    await pause(pauseMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  /** From connecting to the first failure, which it answers. */
  private async session(): Promise<unknown> {
    const { topic, groupId } = this.listening;
    const consumer = this.clients.create().consumer({
      groupId,
      sessionTimeout: SESSION_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_INTERVAL_MS,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      maxWaitTimeInMs: LONGEST_WAIT_MS,
    });
    try {
      const over = this.untilOver(consumer);
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: (payload) => this.receiveAll(payload),
      });
      return await over;
    } finally {
      await settledWithin(STOP_LIMIT_MS, consumer.disconnect());
    }
  }

  private untilOver(consumer: Consumer): Promise<unknown> {
    consumer.on(consumer.events.GROUP_JOIN, () => this.joined());
    consumer.on(consumer.events.HEARTBEAT, () => (this.failures = 0));
    return new Promise((resolve) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => resolve(payload.error));
      this.stopping.signal.addEventListener('abort', () => resolve('stopped'), { once: true });
    });
  }

  private joined(): void {
    const { topic, groupId } = this.listening;
    this.logger.log({ msg: 'broker_joined', topic, group_id: groupId });
  }

  private async receiveAll(payload: EachBatchPayload): Promise<void> {
    const { topic, partition, messages } = payload.batch;
    let uncommitted: string | undefined;
    const commit = async (): Promise<void> => {
      if (uncommitted === undefined) return;
      const next = String(BigInt(uncommitted) + 1n);
      uncommitted = undefined;
      await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset: next }] }] });
    };
    try {
      for (const [index, message] of messages.entries()) {
        if (!payload.isRunning() || payload.isStale()) break;
        await this.listening.receive(readable(message, topic, partition));
        this.failures = 0;
        payload.resolveOffset(message.offset);
        uncommitted = message.offset;
        await payload.heartbeat();
        if (index % COMMIT_EVERY === COMMIT_EVERY - 1) await commit();
      }
    } finally {
      await commit();
    }
  }
}

function readable(message: RawMessage, topic: string, partition: number): KafkaMessage {
  const { offset, value, headers = {}, timestamp } = message;
  return { topic, partition, offset, value, headers: textOf(headers), timestamp: new Date(Number(timestamp)) };
}

function textOf(headers: IHeaders): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(headers).flatMap(([name, value]) => {
      const last = Array.isArray(value) ? value.at(-1) : value;
      return last === undefined ? [] : [[name, last.toString()] as const];
    }),
  );
}
