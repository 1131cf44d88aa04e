import type { SandboxIntent } from '../support/storefront.js';
import { stripeControl, type StripeControl } from '../support/stripe-control.js';

const CALL_LIMIT_MS = 10_000;

export interface LedgerCharge {
  readonly id: string;
  readonly payment_intent: string;
  readonly order_id: string | null;
  readonly payment_id: string | null;
  readonly amount: number;
  /** Minor units that were really taken, and of those given back. */
  readonly captured: number;
  readonly refunded: number;
  readonly currency: string;
  readonly status: string;
}

/** The Stripe sandbox as the provider, the customer's bank and the customer's browser see it. */
export class SandboxAccount {
  readonly control: StripeControl;

  constructor(private readonly url: string) {
    this.control = stripeControl({ url });
  }

  /** Every charge that took money. */
  async capturedCharges(): Promise<readonly LedgerCharge[]> {
    const { charges } = await this.call<{ charges: LedgerCharge[] }>('/_sandbox/ledger');
    return charges.filter(({ status, captured }) => status === 'succeeded' && captured > 0);
  }

  /** The next call about this order goes wrong in the way of `fault`. */
  armFor(orderId: string, fault: object): Promise<void> {
    return this.arm({ ...fault, match: { path: '/v1/payment_intents', metadata_order_id: orderId } });
  }

  /** What goes wrong from now on; sandbox/README.md says what there is. */
  arm(fault: object): Promise<void> {
    return this.postControl('/faults', fault);
  }

  intent(id: string): Promise<SandboxIntent> {
    return this.call(`/v1/payment_intents/${id}`, { headers: { authorization: 'Bearer sk_test_reader' } });
  }

  /** The customer answers his bank. */
  async authenticate(intentId: string, outcome: 'succeed' | 'fail'): Promise<void> {
    await this.postControl(`/payment_intents/${intentId}/authenticate`, { outcome });
  }

  /** From now on events are posted there, signed. */
  async sendWebhooks(url: string, secret: string): Promise<void> {
    await this.postControl('/webhooks', { url, secret });
  }

  /** The buyer's browser confirms an intent, with nothing but its client secret. Answers Stripe's status code. */
  async confirmAsClient(clientSecret: string, paymentMethod: string): Promise<number> {
    const [intentId] = clientSecret.split('_secret_');
    const answer = await fetch(`${this.url}/v1/payment_intents/${intentId}/confirm`, {
      method: 'POST',
      headers: { authorization: 'Bearer pk_test_browser' },
      body: new URLSearchParams({ client_secret: clientSecret, payment_method: paymentMethod }),
      signal: AbortSignal.timeout(CALL_LIMIT_MS),
    });
    await answer.text();
    return answer.status;
  }

  private async postControl(path: string, body: object): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    await this.call(`/_sandbox${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  private async call<Answer>(path: string, options: RequestInit = {}): Promise<Answer> {
    const answer = await fetch(`${this.url}${path}`, { ...options, signal: AbortSignal.timeout(CALL_LIMIT_MS) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the sandbox answered ${answer.status} to ${path}: ${text}`);
    const parsed: Answer = JSON.parse(text);
    return parsed;
  }
}
