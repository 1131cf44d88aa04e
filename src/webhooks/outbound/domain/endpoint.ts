import type { Id } from '../../../kernel/id.js';

export type WebhookEndpointId = Id<'whe'>;

/** Why nobody but the house itself has disabled an endpoint. */
export const DISABLED_REASONS = [
  /** The receiver has answered 410: it does not want to be called any more. */
  'gone',
  /** Nothing but failures for days. */
  'failing',
] as const;
export type DisabledReason = (typeof DISABLED_REASONS)[number];

/** What an admin may say about an endpoint. */
export interface EndpointDraft {
  readonly url: string;
  /** Types such as `order.paid`, families such as `order.*`, or `*` for all. Never empty. */
  readonly eventTypes: readonly string[];
  readonly description: string;
  readonly enabled: boolean;
}

/** Who is told of events. Its secrets are another matter and stay with those who sign. */
export interface WebhookEndpoint extends EndpointDraft {
  readonly id: WebhookEndpointId;
  readonly disabledReason: DisabledReason | null;
  readonly disabledAt: Date | null;
  /** Since when nothing has been received; null after a success. */
  readonly failingSince: Date | null;
  /** Until when the receiver has asked to be left alone. */
  readonly pausedUntil: Date | null;
  /** Until when the secret before the present one signs as well. */
  readonly previousSecretUntil: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type EndpointChanges = { readonly [Member in keyof EndpointDraft]?: EndpointDraft[Member] | undefined };
