import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import { StripeApiError } from '../../sandbox/domain/stripe-error.js';
import { StripeMockAccount } from './stripe-mock-account.js';

const SECRET = 'whsec_of_the_stripe_mock';
const API_VERSION = '2026-10-28.endive';

export interface StripeMockOptions {
  /** Where `created` comes from (default: the system clock). */
  readonly now?: () => Date;
}

export interface SignedEvent {
  readonly id: string;
  /** The raw body. */
  readonly payload: string;
  /** The value of `Stripe-Signature`. */
  readonly header: string;
}

/**
 * The SDK with its methods mocked: give `sdk` to the code under test and read the calls off `sdk.paymentIntents.create`
 * and the others with Jest's own matchers. It keeps state and honours the test payment methods and idempotency keys as
 * Stripe documents them. A method that is not mocked fails instead of reaching the network.
 */
export function stripeMock({ now = () => new Date() }: StripeMockOptions = {}) {
  const nowSeconds = (): number => Math.floor(now().getTime() / 1000);
  const sdk = new Stripe('sk_test_of_the_stripe_mock', {
    apiVersion: API_VERSION,
    httpClient: Stripe.createFetchHttpClient(refuseNetwork),
    maxNetworkRetries: 0,
    telemetry: false,
  });
  const account = new StripeMockAccount(nowSeconds);
  mockPaymentIntents(sdk, account);
  mockRefunds(sdk, account);
  // All instances of the SDK share one `webhooks`: the mock belongs on a copy. It still verifies, with the SDK's own code.
  sdk.webhooks = { ...sdk.webhooks };
  jest.spyOn(sdk.webhooks, 'constructEvent');

  return {
    sdk,
    webhookSecret: SECRET,
    /** The present state of an intent, as Stripe would show it in its dashboard. */
    intent: (id: string): Stripe.PaymentIntent => account.find(id),
    /** The customer approves at his bank, or the network answers. Answers the intent; a decline does not throw here. */
    settle: (id: string, declineCode: string | null = null): Stripe.PaymentIntent => {
      try {
        return account.settle(id, declineCode);
      } catch (error) {
        if (error instanceof StripeApiError && error.status === 402) return account.find(id);
        throw error;
      }
    },
    /** A webhook about `object`, signed with {@link SECRET}. `createdAt` is the event time that facts are ordered by. */
    event: (type: string, object: object, createdAt: Date = now()): SignedEvent => {
      const id = `evt_${randomUUID().replaceAll('-', '')}`;
      const event = {
        id,
        object: 'event',
        api_version: API_VERSION,
        created: Math.floor(createdAt.getTime() / 1000),
        data: { object },
        livemode: false,
        pending_webhooks: 1,
        request: { id: null, idempotency_key: null },
        type,
      };
      const payload = JSON.stringify(event);
      return {
        id,
        payload,
        header: sdk.webhooks.generateTestHeaderString({ payload, secret: SECRET, timestamp: nowSeconds() }),
      };
    },
  };
}

export type StripeMock = ReturnType<typeof stripeMock>;

/** What the SDK throws when the connection breaks or times out: the outcome at Stripe is unknown. */
export function connectionLost(): Stripe.errors.StripeConnectionError {
  return new Stripe.errors.StripeConnectionError({
    message: 'An error occurred with our connection to Stripe.',
    type: 'api_error',
  });
}

function mockPaymentIntents(sdk: Stripe, account: StripeMockAccount): void {
  const { paymentIntents } = sdk;
  const replies = new IdempotentReplies<Stripe.PaymentIntent>();
  jest
    .spyOn(paymentIntents, 'create')
    .mockImplementation((params, options) => replies.reply(options, { params }, () => account.create(params)));
  jest.spyOn(paymentIntents, 'retrieve').mockImplementation((id) => replies.reply({}, { id }, () => account.find(id)));
  jest
    .spyOn(paymentIntents, 'confirm')
    .mockImplementation((id, params, options) =>
      replies.reply(options, { id, params }, () => account.confirm(id, params?.payment_method)),
    );
  jest
    .spyOn(paymentIntents, 'cancel')
    .mockImplementation((id, params, options) =>
      replies.reply(options, { id, params }, () => account.cancel(id, params?.cancellation_reason ?? null)),
    );
  jest
    .spyOn(paymentIntents, 'capture')
    .mockImplementation((id, params, options) => replies.reply(options, { id, params }, () => account.capture(id)));
  jest
    .spyOn(paymentIntents, 'search')
    .mockImplementation(({ query }) => searchResult([...account.intents.values()].filter(carries(query))));
}

function mockRefunds(sdk: Stripe, account: StripeMockAccount): void {
  const replies = new IdempotentReplies<Stripe.Refund>();
  jest
    .spyOn(sdk.refunds, 'create')
    .mockImplementation((params = {}, options = {}) =>
      replies.reply(options, { params }, () => account.refund(params)),
    );
  jest
    .spyOn(sdk.refunds, 'retrieve')
    .mockImplementation((id) => replies.reply({}, { id }, () => account.findRefund(id)));
}

function refuseNetwork(): Promise<never> {
  return Promise.reject(new Error('This method of the SDK is not mocked, and tests do not reach the network.'));
}

/** The first answer to a key is the answer to all its repetitions, refusals included; another request is refused. */
class IdempotentReplies<T extends object> {
  private readonly known = new Map<string, { readonly request: string; readonly answer: () => T }>();

  async reply(options: Stripe.RequestOptions | undefined, request: object, work: () => T): Promise<Stripe.Response<T>> {
    const key = options?.idempotencyKey;
    const answer = key === undefined ? outcomeOf(work) : this.remembered(key, JSON.stringify(request), work);
    const lastResponse = { headers: {}, requestId: 'req_mock', statusCode: 200, ...(key && { idempotencyKey: key }) };
    return { ...answer(), lastResponse };
  }

  private remembered(key: string, request: string, work: () => T): () => T {
    const earlier = this.known.get(key);
    if (earlier && earlier.request !== request) {
      throw new Stripe.errors.StripeIdempotencyError({
        type: 'idempotency_error',
        message: 'Keys for idempotent requests can only be used with the same parameters they were first used with.',
      });
    }
    const answer = earlier?.answer ?? outcomeOf(work);
    this.known.set(key, { request, answer });
    return answer;
  }
}

/** Runs `work` at once and repeats its value, or the error that the SDK would throw, whenever it is asked. */
function outcomeOf<T>(work: () => T): () => T {
  try {
    const value = work();
    return () => value;
  } catch (error) {
    const thrown = error instanceof StripeApiError ? sdkError(error) : error;
    return () => {
      throw thrown;
    };
  }
}

function sdkError({ status, body }: StripeApiError): Error {
  return Stripe.errors.StripeError.generate({ ...body, statusCode: status, headers: {}, requestId: 'req_mock' });
}

/** The form of a query that looks one object up: `metadata['order_id']:'ord_…'`. */
function carries(query: string): (intent: Stripe.PaymentIntent) => boolean {
  const [, key = '', value = ''] = /^metadata\['(\w+)'\]:'([^']*)'$/.exec(query) ?? [];
  if (key === '') throw new Error(`The mock answers metadata queries alone, not ${query}`);
  return ({ metadata }) => metadata[key] === value;
}

function searchResult<T>(data: T[]): Stripe.ApiSearchResultPromise<T> {
  const page = {
    object: 'search_result',
    data,
    has_more: false,
    url: '/v1/payment_intents/search',
    next_page: null,
    lastResponse: { headers: {}, requestId: 'req_mock', statusCode: 200 },
  } as const;
  const iterator = data.values();
  const items = {
    next: () => Promise.resolve(iterator.next()),
    [Symbol.asyncIterator]: () => items,
    autoPagingEach: async (handler: (item: T) => unknown) => {
      for (const item of data) if ((await handler(item)) === false) return;
    },
    autoPagingToArray: ({ limit }: { limit: number }) => Promise.resolve(data.slice(0, limit)),
  };
  return Object.assign(Promise.resolve(page), items);
}
