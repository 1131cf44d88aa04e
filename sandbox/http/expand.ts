import type { TableName } from '../domain/records.js';
import { invalidRequest } from '../domain/stripe-error.js';
import type { Transaction } from '../transaction.js';

const MAX_EXPANSIONS = 20;
const MAX_DEPTH = 4;

/** Members that hold an id, and where the object behind it is found. */
const EXPANDABLE: ReadonlyMap<string, TableName> = new Map<string, TableName>([
  ['latest_charge', 'charge'],
  ['charge', 'charge'],
  ['payment_intent', 'payment_intent'],
  ['payment_method', 'payment_method'],
]);

/** Replaces ids by objects along paths such as `latest_charge.payment_method` or, in lists, `data.latest_charge`. */
export function expandAnswer(tx: Transaction, body: object, paths: readonly string[]): object {
  if (paths.length === 0) return body;
  if (paths.length > MAX_EXPANSIONS) throw invalidRequest(`At most ${MAX_EXPANSIONS} properties can be expanded.`);
  return paths.reduce((expanded, path) => expandPath(tx, expanded, path.split('.'), path), body);
}

function expandPath(tx: Transaction, body: object, steps: readonly string[], path: string): object {
  const [step, ...rest] = steps;
  if (step === undefined) return body;
  if (steps.length > MAX_DEPTH)
    throw invalidRequest('You cannot expand more than 4 levels of a property.', { param: 'expand' });
  const value: unknown = Reflect.get(body, step);
  if (step === 'data' && Array.isArray(value)) {
    const items: unknown[] = value;
    const data = items.map((item) => (isObject(item) ? expandPath(tx, item, rest, path) : item));
    return { ...body, data };
  }
  if (value === null) return body;
  const inner = typeof value === 'string' ? objectBehind(tx, step, value, path) : value;
  if (!isObject(inner)) throw notExpandable(path);
  return { ...body, [step]: expandPath(tx, inner, rest, path) };
}

function objectBehind(tx: Transaction, member: string, id: string, path: string): object {
  switch (EXPANDABLE.get(member)) {
    case 'charge':
      return tx.find('charge', id) ?? missing(path);
    case 'payment_intent':
      return tx.find('payment_intent', id) ?? missing(path);
    case 'payment_method':
      return tx.find('payment_method', id)?.method ?? missing(path);
    default:
      return missing(path);
  }
}

function missing(path: string): never {
  throw notExpandable(path);
}

function notExpandable(path: string): Error {
  return invalidRequest(`This property cannot be expanded (${path}).`, { param: 'expand' });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
