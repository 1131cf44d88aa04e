/** What the sandbox calls a fault; sandbox/README.md says what each kind does. */
export interface Fault {
  readonly kind: string;
  readonly match?: {
    readonly method?: string;
    readonly path?: string;
    readonly payment_method?: string;
    readonly metadata_order_id?: string;
  };
  readonly times?: number | 'always';
  readonly [member: string]: unknown;
}

export interface LedgerCharge {
  readonly id: string;
  readonly payment_intent: string;
  readonly order_id: string | null;
  readonly payment_id: string | null;
  readonly amount: number;
  /** Minor units that were really taken. */
  readonly captured: number;
  readonly currency: string;
  readonly status: string;
}

export interface LedgerRefund {
  readonly id: string;
  readonly payment_intent: string;
  readonly amount: number;
  /** Our id, from the metadata. */
  readonly refund_id: string | null;
  readonly status: string;
}

export interface StripeLedger {
  readonly charges: readonly LedgerCharge[];
  readonly refunds: readonly LedgerRefund[];
  /** How often each route was called, replays and failures included. */
  readonly calls: Readonly<Record<string, number>>;
}

export interface StripeControl {
  arm(fault: Fault): Promise<void>;
  disarm(): Promise<void>;
  ledger(): Promise<StripeLedger>;
  /** The charges that took money, by order id. */
  capturedByOrder(): Promise<ReadonlyMap<string | null, readonly LedgerCharge[]>>;
  /** Whether this fault has struck, and how often. */
  fired(kind: string): Promise<number>;
  /** Webhooks to this address are lost from now on, as on a bad day. */
  dropWebhooks(url: string, secret: string): Promise<void>;
}

/** The control API of a running sandbox. */
export function stripeControl(sandbox: { readonly url: string }): StripeControl {
  const call = async <Answer>(method: string, path: string, body?: object): Promise<Answer> => {
    const answer = await fetch(`${sandbox.url}/_sandbox${path}`, {
      method,
      signal: AbortSignal.timeout(10_000),
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!answer.ok) throw new Error(`the sandbox answers ${answer.status} to ${method} ${path}`);
    const parsed: Answer = JSON.parse(await answer.text());
    return parsed;
  };
  const ledger = () => call<StripeLedger>('GET', '/ledger');
  return {
    ledger,
    arm: async (fault) => {
      await call('POST', '/faults', fault);
    },
    disarm: async () => {
      await call('DELETE', '/faults');
    },
    capturedByOrder: async () => {
      const { charges } = await ledger();
      const byOrder = new Map<string | null, LedgerCharge[]>();
      for (const charge of charges.filter(({ status, captured }) => status === 'succeeded' && captured > 0)) {
        byOrder.set(charge.order_id, [...(byOrder.get(charge.order_id) ?? []), charge]);
      }
      return byOrder;
    },
    fired: async (kind) => {
      const { faults } = await call<{ faults: { kind: string; fired: number }[] }>('GET', '/faults');
      return faults.filter((fault) => fault.kind === kind).reduce((sum, fault) => sum + fault.fired, 0);
    },
    dropWebhooks: async (url, secret) => {
      await call('POST', '/webhooks', { url, secret, mode: 'drop' });
    },
  };
}
