import { createHash } from 'node:crypto';
import qs from 'qs';
import { StripeApiError } from '../domain/stripe-error.js';

/** Parameters of a request as Stripe's clients encode them: strings, and objects and arrays of them. */
export type Params = Readonly<Record<string, unknown>>;

const LIMITS = { depth: 5, parameterLimit: 1000, arrayLimit: 100 };

/** Reads `a[b]=1&c[]=2` (a form body or a query string). */
export function parseForm(text: string): Params {
  return qs.parse(text, LIMITS);
}

/** The same parameters in any order have the same fingerprint; nothing of them can be read back from it. */
export function fingerprintOf(method: string, path: string, params: Params): string {
  return createHash('sha256')
    .update(`${method} ${path} ${canonical(params)}`)
    .digest('hex');
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}

// Lengths and first digits of the card networks, so that timestamps and order numbers do not look like cards.
const CARD_NUMBER = /(?<!\d)(?:4\d{15}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3[068]\d{12}|6\d{15})(?!\d)/g;

/**
 * Refuses a request that carries a card number anywhere, before anything of it is stored, compared or quoted.
 * @throws StripeApiError 402, as Stripe refuses raw card data.
 */
export function assertNoCardNumber(texts: readonly string[]): void {
  const joinedDigits = texts.map((text) => text.replaceAll(/(?<=\d)[ -](?=\d)/g, ''));
  const found = joinedDigits.some((text) => (text.match(CARD_NUMBER) ?? []).some(passesLuhn));
  if (!found) return;
  throw new StripeApiError(402, {
    type: 'invalid_request_error',
    message:
      'Sending credit card numbers directly to the Stripe API is generally unsafe. To test, use a test payment method such as pm_card_visa.',
  });
}

function passesLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** Every text in the parameters, names included. */
export function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [name, ...textsOf(member)]);
}
