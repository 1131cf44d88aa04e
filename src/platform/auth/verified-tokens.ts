import { decodeJwt } from 'jose';
import type { Identity } from './identity.js';

/** A key that the identity provider withdraws counts for so long at the most. */
const LONGEST_MS = 60_000;
const MOST_TOKENS = 2_000;

interface Known {
  readonly identity: Identity;
  readonly untilMs: number;
}

/**
 * Whom tokens were found to belong to a moment ago: a client sends the same one with each of its requests, and a signature
 * costs more than most of what they ask for. A token is remembered whole, and never beyond its own time.
 */
export class VerifiedTokens {
  private readonly known = new Map<string, Known>();

  find(token: string, nowMs: number): Identity | undefined {
    const found = this.known.get(token);
    if (!found) return undefined;
    if (nowMs < found.untilMs) return found.identity;
    this.known.delete(token);
    return undefined;
  }

  /** Only for a token whose signature was verified: its time is read from it. */
  keep(token: string, identity: Identity, nowMs: number): void {
    const { exp } = decodeJwt(token);
    if (exp === undefined) return;
    const [oldest] = this.known.keys();
    if (this.known.size >= MOST_TOKENS && oldest !== undefined) this.known.delete(oldest);
    this.known.set(token, { identity, untilMs: Math.min(exp * 1_000, nowMs + LONGEST_MS) });
  }
}
