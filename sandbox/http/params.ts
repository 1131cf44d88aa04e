import type Stripe from 'stripe';
import { z } from 'zod';
import { CURRENCIES } from '../domain/currencies.js';
import { invalidRequest, type StripeApiError } from '../domain/stripe-error.js';
import type { Params } from './form.js';

// Parts of parameter schemas. Everything arrives as text; each part says what Stripe says when the text does not fit.

const MAX_AMOUNT = 99_999_999;
const MAX_METADATA_KEYS = 50;

function issue(message: string, code?: string): { code: 'custom'; message: string; params: { code?: string } } {
  return { code: 'custom', message, params: code === undefined ? {} : { code } };
}

export const text = z.string().transform((value, context) => {
  if (value !== '') return value;
  context.addIssue(issue('You passed an empty string. This parameter cannot be unset.', 'parameter_invalid_empty'));
  return z.NEVER;
});

export const integer = text.transform((value, context) => {
  if (/^-?\d{1,15}$/.test(value)) return Number(value);
  context.addIssue(issue(`Invalid integer: ${value.slice(0, 40)}`, 'parameter_invalid_integer'));
  return z.NEVER;
});

/** Minor units, from 1 up to Stripe's largest charge. */
export const amount = integer.transform((value, context) => {
  if (value < 1) context.addIssue(issue('This value must be greater than or equal to 1.', 'parameter_invalid_integer'));
  if (value > MAX_AMOUNT) context.addIssue(issue('Amount must be no more than $999,999.99', 'amount_too_large'));
  return value;
});

export const flag = text.transform((value, context) => {
  if (value === 'true' || value === 'false') return value === 'true';
  context.addIssue(issue(`Invalid boolean: ${value.slice(0, 40)}`));
  return z.NEVER;
});

export const currency = text.transform((value, context) => {
  const lower = value.toLowerCase();
  if (CURRENCIES.has(lower)) return lower;
  const known = [...CURRENCIES].join(', ');
  context.addIssue(
    issue(`Invalid currency: ${lower.slice(0, 40)}. Stripe currently supports these currencies: ${known}`),
  );
  return z.NEVER;
});

export function oneOf<const T extends string>(values: readonly T[]): z.ZodType<T, string> {
  return text.transform((value, context) => {
    const found = values.find((candidate) => candidate === value);
    if (found !== undefined) return found;
    context.addIssue(issue(`Invalid value: must be one of ${values.join(', ')}`));
    return z.NEVER;
  });
}

export const httpUrl = text.transform((value, context) => {
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return value;
  context.addIssue(issue('Not a valid URL', 'url_invalid'));
  return z.NEVER;
});

export const email = text.transform((value, context) => {
  if (/^[^\s@]+@[^\s@]+$/.test(value)) return value;
  context.addIssue(issue('Invalid email address', 'email_invalid'));
  return z.NEVER;
});

/** Changes to metadata: an empty value removes its key, an empty text instead of the whole removes all. */
export const metadata = z
  .union([z.literal(''), z.record(z.string().max(40), z.string().max(500))])
  .refine((value) => Object.keys(value).length <= MAX_METADATA_KEYS, { message: 'Metadata can have up to 50 keys.' });

export type MetadataChange = z.output<typeof metadata>;

export function mergeMetadata(current: Stripe.Metadata, change: MetadataChange | undefined): Stripe.Metadata {
  if (change === undefined) return current;
  if (change === '') return {};
  return Object.fromEntries(Object.entries({ ...current, ...change }).filter(([, value]) => value !== ''));
}

const part = text.nullable().default(null);
const address = z.strictObject({
  city: part,
  country: part,
  line1: part,
  line2: part,
  postal_code: part,
  state: part,
});

export const shipping = z.strictObject({ name: text, address, phone: part, carrier: part, tracking_number: part });

export const createdRange = z.union([
  integer.transform((value) => ({ gte: value, lte: value })),
  z.strictObject({ gt: integer, gte: integer, lt: integer, lte: integer }).partial(),
]);

export const page = {
  limit: integer
    .refine((value) => value >= 1 && value <= 100, { message: 'Limit must be between 1 and 100.' })
    .optional(),
  starting_after: text.optional(),
  ending_before: text.optional(),
};

/** @throws StripeApiError 400 that names the first parameter at fault. */
export function readParams<P>(schema: z.ZodType<P>, params: Params): P {
  const result = schema.safeParse(params);
  if (result.success) return result.data;
  const { issues } = result.error;
  // A parameter nobody knows comes first: it is often the misspelt one that is reported missing as well.
  const first = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  throw first === undefined ? invalidRequest('Invalid parameters') : refusalOf(first, params);
}

function refusalOf(found: z.core.$ZodIssue, params: Params): StripeApiError {
  if (found.code === 'unrecognized_keys') return unknownParameter(found);
  const param = nameOf(found.path);
  if (isMissing(found, params)) {
    return invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
  }
  const code: unknown = found.code === 'custom' ? found.params?.['code'] : undefined;
  return invalidRequest(found.message, typeof code === 'string' ? { code, param } : { param });
}

function unknownParameter(found: z.core.$ZodIssueUnrecognizedKeys): StripeApiError {
  const names = found.keys.map((key) => nameOf([...found.path, key]));
  const param = names[0] ?? '';
  if (names.includes('payment_method_types')) return noPaymentMethodTypes();
  const plural = names.length > 1 ? 's' : '';
  return invalidRequest(`Received unknown parameter${plural}: ${names.join(', ')}`, {
    code: 'parameter_unknown',
    param,
  });
}

// https://docs.stripe.com/changelog/endive/2026-09-30/removes-the-payment-method-types-parameter-from-payment-intents-and-setup-intents
function noPaymentMethodTypes(): StripeApiError {
  return invalidRequest(
    'The `payment_method_types` parameter is no longer supported on this API version. Use `automatic_payment_methods` instead.',
    { code: 'payment_method_types_no_longer_supported', param: 'payment_method_types' },
  );
}

function isMissing(found: z.core.$ZodIssue, params: Params): boolean {
  const value = found.path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    params,
  );
  return value === undefined;
}

function nameOf(path: readonly PropertyKey[]): string {
  const [first, ...rest] = path.map(String);
  return `${first ?? ''}${rest.map((part) => `[${part}]`).join('')}`;
}
