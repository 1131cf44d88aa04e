import { invalidRequest, StripeApiError } from '../domain/stripe-error.js';
import type { Account } from '../account.js';
import type { FaultFacts } from '../faults.js';
import { assertNoCardNumber, parseForm, textsOf, type Params } from './form.js';

/** The parts of an HTTP request that the API looks at. */
export interface RawCall {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly id: string;
  readonly contentType: string | undefined;
  /** A form body, as text. */
  readonly body: string;
  readonly idempotencyKey: string | null;
  readonly authorization: string | undefined;
  readonly requestId: string;
}

export interface ParsedCall {
  readonly path: string;
  readonly params: Params;
  /** The parameters with those that every route takes: what an idempotency key compares. */
  readonly all: Params;
  readonly expand: readonly string[];
  readonly clientSecret: string | null;
}

/** Reads parameters from query and body. A card number anywhere is refused first. */
export function parseCall(raw: RawCall): ParsedCall {
  const [path = '', query = ''] = raw.url.split('?', 2);
  const all = { ...parseForm(query), ...parseForm(raw.body) };
  assertNoCardNumber([path, raw.idempotencyKey ?? '', ...textsOf(all)]);
  const { expand, client_secret: clientSecret, ...params } = all;
  if (raw.body !== '' && raw.contentType?.startsWith('application/x-www-form-urlencoded') === false) {
    throw invalidRequest('Request bodies must be form-encoded (application/x-www-form-urlencoded).');
  }
  return {
    path,
    params,
    all,
    expand: expandPaths(expand),
    clientSecret: typeof clientSecret === 'string' ? clientSecret : null,
  };
}

function expandPaths(expand: unknown): string[] {
  if (expand === undefined) return [];
  const list: unknown[] = Array.isArray(expand) ? expand : [];
  const paths = list.filter((path) => typeof path === 'string');
  if (paths.length === 0 || paths.length < list.length) throw invalidRequest('Invalid array', { param: 'expand' });
  return paths;
}

export function faultFacts(account: Account, raw: RawCall, call: ParsedCall): FaultFacts {
  const { payment_method: method, metadata, payment_intent: intentId, confirm } = call.params;
  const named: unknown =
    typeof metadata === 'object' && metadata !== null ? Reflect.get(metadata, 'order_id') : undefined;
  const intent = account.find('payment_intent', typeof intentId === 'string' ? intentId : raw.id);
  const orderId: unknown = named ?? intent?.metadata['order_id'];
  return {
    method: raw.method,
    path: call.path,
    paymentMethod: typeof method === 'string' ? method : null,
    orderId: typeof orderId === 'string' ? orderId : null,
    confirms: confirm === 'true' || call.path.endsWith('/confirm'),
  };
}

/** The client secret must be the intent's own. It is required of a publishable key only. */
export function assertClientSecret(given: string | null, expected: string, required: boolean): void {
  if (given === null && !required) return;
  if (given === expected) return;
  throw new StripeApiError(400, {
    type: 'invalid_request_error',
    code: 'payment_intent_invalid_parameter',
    message: 'The client_secret provided does not match the client_secret associated with the PaymentIntent.',
    param: 'client_secret',
  });
}
