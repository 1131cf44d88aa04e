import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { Receipt } from '../domain/delivery.js';
import { WebhookUrlRefused } from '../domain/outbound.errors.js';
import { readExcerpt } from './answer-excerpt.js';
import { signatureHeaders } from './signature.js';
import type { TargetGuard } from './target-guard.js';

/** Shorter than servers keep an idle connection, so that none is closed at the very moment it is used again. */
const IDLE_CONNECTION_MS = 4_000;
const MOST_IDLE_CONNECTIONS = 20;
const LONGEST_REASON = 200;

/** An event on its way to one receiver. */
export interface Parcel {
  readonly url: string;
  readonly eventId: string;
  /** JSON text. */
  readonly body: string;
  /** Live secrets, `whsec_…`, the newest first. */
  readonly secrets: readonly string[];
}

interface Answer {
  readonly status: number | null;
  readonly excerpt: string;
  readonly retryAfterSeconds: number | null;
}

/**
 * Sends events over HTTP. Redirects are not followed: the endpoint is where its admin said it is. Whatever goes wrong is an
 * answer of its own, and all of it together, from the name to the last byte, takes no longer than `limitMs`.
 */
export class DeliverySender implements OnApplicationShutdown {
  private readonly plain = new HttpAgent(connections());
  private readonly secure = new HttpsAgent(connections());

  constructor(
    private readonly guard: TargetGuard,
    private readonly limitMs: number,
  ) {}

  /** Never throws. */
  async send({ url, eventId, body, secrets }: Parcel): Promise<Receipt> {
    const sentAt = new Date();
    const begin = performance.now();
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Holdfast',
      ...signatureHeaders(eventId, body, secrets, sentAt),
    };
    const receipt = (answer: Partial<Receipt>): Receipt => ({
      ...{ sentAt, headers, durationMs: Math.round(performance.now() - begin) },
      ...{ status: null, excerpt: null, error: null, retryAfterSeconds: null, ...answer },
    });
    try {
      return receipt(await this.post(this.guard.readmit(url), headers, body));
    } catch (error) {
      return receipt({ error: reasonOf(error) });
    }
  }

  onApplicationShutdown(): void {
    this.plain.destroy();
    this.secure.destroy();
  }

  private async post(url: URL, headers: Readonly<Record<string, string>>, body: string): Promise<Answer> {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), this.limitMs);
    const isSecure = url.protocol === 'https:';
    const length = { 'content-length': String(Buffer.byteLength(body)) };
    const options = {
      method: 'POST',
      headers: { ...headers, ...length },
      lookup: this.guard.lookup,
      signal: stop.signal,
    };
    try {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        const request = isSecure
          ? httpsRequest(url, { ...options, agent: this.secure })
          : httpRequest(url, { ...options, agent: this.plain });
        request.once('response', resolve);
        // Also after the answer has begun: the listener stays, so that no late error is an uncaught one.
        request.on('error', reject);
        request.end(body);
      });
      return await readAnswer(response);
    } catch (error) {
      if (stop.signal.aborted) throw new Error(`no answer within ${this.limitMs} ms`, { cause: error });
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

function connections(): { keepAlive: true; maxFreeSockets: number; timeout: number } {
  return { keepAlive: true, maxFreeSockets: MOST_IDLE_CONNECTIONS, timeout: IDLE_CONNECTION_MS };
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const excerpt = await readExcerpt(response);
  return {
    status: response.statusCode ?? null,
    excerpt,
    retryAfterSeconds: secondsOf(response.headers['retry-after']),
  };
}

/** Seconds, or the HTTP date from which on it may be tried (RFC 9110, 10.2.3). */
function secondsOf(retryAfter: string | undefined): number | null {
  if (retryAfter === undefined) return null;
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter);
  const seconds = Math.ceil((Date.parse(retryAfter) - Date.now()) / 1_000);
  return Number.isNaN(seconds) ? null : Math.max(0, seconds);
}

/** What an admin is told: a code where there is one, because messages hold addresses of a network that is not his. */
function reasonOf(error: unknown): string {
  if (error instanceof WebhookUrlRefused) return 'TARGET_NOT_ALLOWED';
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code;
  return (error instanceof Error ? error.message : String(error)).slice(0, LONGEST_REASON);
}
