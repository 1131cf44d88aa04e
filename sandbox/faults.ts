import { randomInt } from 'node:crypto';
import { newId } from './domain/ids.js';
import { invalidRequest } from './domain/stripe-error.js';
import { seededRandom } from './seeded-random.js';

export const FAULT_KINDS = [
  'decline',
  'delay',
  'hang_before',
  'hang_after',
  'error_before',
  'error_after',
  'reset_after',
  'rate_limit',
  'conflict',
] as const;

const MAX_ARMED = 1000;

export type FaultKind = (typeof FAULT_KINDS)[number];

export interface FaultRule {
  readonly kind: FaultKind;
  /** Only requests that fit all the members given. `path` is a prefix. */
  readonly match: {
    readonly method?: string | undefined;
    readonly path?: string | undefined;
    readonly payment_method?: string | undefined;
    readonly metadata_order_id?: string | undefined;
  };
  readonly decline_code: string;
  readonly delay_ms: number;
  readonly status: number;
  /** What an idempotency key remembers after `error_after`: the error, as Stripe documents, or the true result. */
  readonly replay: 'error' | 'result';
  readonly times: number | 'always';
  readonly probability: number;
  readonly seed?: number | undefined;
}

export interface FaultFacts {
  readonly method: string;
  readonly path: string;
  readonly paymentMethod: string | null;
  readonly orderId: string | null;
  /** Whether the request tries to take money: only such a request can be declined. */
  readonly confirms: boolean;
}

interface ArmedFault {
  readonly id: string;
  readonly rule: FaultRule;
  readonly random: () => number;
  left: number;
  fired: number;
}

/** What goes wrong on purpose. Faults belong to the process, not to the account: a restart forgets them. */
export class Faults {
  private armed: ArmedFault[] = [];

  /** @throws StripeApiError 400 when too many are armed. */
  add(rule: FaultRule): string {
    if (this.armed.length >= MAX_ARMED) throw invalidRequest(`At most ${MAX_ARMED} faults; clear them first.`);
    const id = newId('fault');
    const left = rule.times === 'always' ? Number.POSITIVE_INFINITY : rule.times;
    this.armed.push({ id, rule, random: seededRandom(rule.seed ?? randomInt(2 ** 32)), left, fired: 0 });
    return id;
  }

  list(): object[] {
    return this.armed.map(({ id, rule, left, fired }) => ({
      id,
      ...rule,
      left: Number.isFinite(left) ? left : 'always',
      fired,
    }));
  }

  clear(): void {
    this.armed = [];
  }

  /** The rules that strike this request, at most one of a kind, each used up by one. */
  take(facts: FaultFacts): ReadonlyMap<FaultKind, FaultRule> {
    const struck = new Map<FaultKind, FaultRule>();
    for (const fault of this.armed) {
      if (struck.has(fault.rule.kind) || !fits(fault, facts)) continue;
      if (fault.random() >= fault.rule.probability) continue;
      fault.left -= 1;
      fault.fired += 1;
      struck.set(fault.rule.kind, fault.rule);
    }
    return struck;
  }
}

function fits({ rule, left }: ArmedFault, facts: FaultFacts): boolean {
  if (left < 1 || (rule.kind === 'decline' && !facts.confirms)) return false;
  const { method, path, payment_method: paymentMethod, metadata_order_id: orderId } = rule.match;
  if (path !== undefined && !facts.path.startsWith(path)) return false;
  const wanted: [string | undefined, string | null][] = [
    [method?.toUpperCase(), facts.method],
    [paymentMethod, facts.paymentMethod],
    [orderId, facts.orderId],
  ];
  return wanted.every(([asked, actual]) => asked === undefined || asked === actual);
}
