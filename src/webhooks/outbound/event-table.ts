import { RESERVATION_EVENTS, STOCK_CHANGED, STOCK_LOW } from '../../inventory/index.js';
import type { EventFamily } from '../../kernel/domain-event.js';
import { ORDER_EVENTS } from '../../orders/index.js';
import { REFUND_EVENTS } from '../../refunds/index.js';

const FAMILIES = [ORDER_EVENTS, REFUND_EVENTS, RESERVATION_EVENTS, STOCK_CHANGED, STOCK_LOW] as const;

/** Everything that the house tells others, by the room that tells it. docs/events.md is drawn from this. */
export const EVENT_FAMILIES: readonly EventFamily[] = FAMILIES;

type KindsOf<Family> = Family extends EventFamily<infer Type> ? Type : never;
export type EventType = KindsOf<(typeof FAMILIES)[number]>;

const KNOWN: ReadonlySet<string> = new Set(EVENT_FAMILIES.flatMap(({ kinds }) => Object.keys(kinds)));

export const EVENT_TYPES: readonly EventType[] = [...KNOWN].filter(isEventType);

export function isEventType(text: string): text is EventType {
  return KNOWN.has(text);
}

/** Whether a filter such as `order.paid`, `order.*` or `*` names a kind of event that there is. */
export function isEventPattern(text: string): boolean {
  return EVENT_TYPES.some((type) => matchesPattern(type, text));
}

/** `*` stands for every event, `order.*` for every event whose type begins with `order.`. */
export function matchesPattern(type: string, pattern: string): boolean {
  if (pattern === '*') return true;
  return pattern.endsWith('.*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}

/** The types that a list of patterns asks for. */
export function typesMatching(patterns: readonly string[]): EventType[] {
  return EVENT_TYPES.filter((type) => patterns.some((pattern) => matchesPattern(type, pattern)));
}
