import { StripeApiError } from '../domain/stripe-error.js';

/** A secret key may do everything; a publishable key may confirm and read one intent whose client secret it has. */
export type KeyKind = 'secret' | 'publishable';

/** Reads `Bearer sk_…`, or `Basic` with the key as user name (`curl -u sk_…:`). @throws StripeApiError 401. */
export function authenticate(header: string | undefined): KeyKind {
  const key = keyIn(header ?? '');
  if (key === '') {
    throw unauthorized(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    );
  }
  if (/^(sk|rk)_\w+$/.test(key)) return 'secret';
  if (/^pk_\w+$/.test(key)) return 'publishable';
  throw unauthorized(`Invalid API Key provided: ${key.slice(0, 3)}***`);
}

function keyIn(header: string): string {
  const [scheme = '', value = ''] = header.split(' ');
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() !== 'basic') return '';
  return Buffer.from(value, 'base64').toString().split(':')[0] ?? '';
}

export function secretKeyRequired(): StripeApiError {
  return unauthorized(
    'This API call cannot be made with a publishable API key. Please use a secret API key.',
    'secret_key_required',
  );
}

function unauthorized(message: string, code?: string): StripeApiError {
  const details = code === undefined ? {} : { code };
  return new StripeApiError(401, { type: 'invalid_request_error', message, ...details });
}
