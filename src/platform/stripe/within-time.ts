import Stripe from 'stripe';

/**
 * Gives a call of the SDK up after `limitMs`. The SDK's own time-out begins once a connection stands and lets every retry
 * begin anew: a network that swallows everything would keep a buyer waiting for minutes.
 *
 * @throws StripeConnectionError as for any other call whose outcome nobody heard
 */
export async function withinTime<T>(limitMs: number, call: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Stripe.errors.StripeConnectionError(tooLate(limitMs))), limitMs);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}

function tooLate(limitMs: number): { message: string; type: 'api_error' } {
  return { message: `No answer within ${limitMs} ms.`, type: 'api_error' };
}
