import { setTimeout as pause } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { RedisStore } from '../../../platform/redis/index.js';

const KEY = 'webhooks:intake_pressure';
/** Deliveries that came while one batch was being stored. Where the database keeps up, it is one or two. */
const CROWD = 8;
/** How long one sign lasts, and how often it is given. */
const SIGN_SECONDS = 1;
const SIGN_EVERY_MS = 500;
const LOOK_EVERY_MS = 100;
/** A flood that does not end must not keep what it brings from taking effect. */
const LONGEST_MS = 15_000;

/**
 * Lets applying wait while deliveries come in faster than they are stored: senders give up on an answer that is late, while what
 * is stored can be applied a little later. Without Redis nobody waits.
 */
@Injectable()
export class IntakePressure implements BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private signedAt = -Infinity;
  private lookedAt = -Infinity;
  private look: Promise<boolean> = Promise.resolve(false);
  /** When the present pressure was first seen. */
  private since: number | undefined;

  constructor(private readonly redis: RedisStore) {}

  /** Says how many deliveries are stored together. Answers whether those are many. Returns at once. */
  note(together: number): boolean {
    if (together < CROWD) return false;
    const now = performance.now();
    if (now - this.signedAt < SIGN_EVERY_MS) return true;
    this.signedAt = now;
    void this.redis.put(KEY, '1', SIGN_SECONDS);
    return true;
  }

  /** Returns once the pressure is over, or has lasted too long, or this process stops. */
  async over(): Promise<void> {
    while (!this.stopping.signal.aborted && (await this.isOn())) {
      await pause(LOOK_EVERY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  beforeApplicationShutdown(): void {
    this.stopping.abort();
  }

  private async isOn(): Promise<boolean> {
    const now = performance.now();
    if (now - this.lookedAt >= LOOK_EVERY_MS) {
      this.lookedAt = now;
      this.look = this.redis.get(KEY).then((sign) => sign !== undefined);
    }
    const on = await this.look;
    this.since = on ? (this.since ?? now) : undefined;
    return this.since !== undefined && now - this.since < LONGEST_MS;
  }
}
