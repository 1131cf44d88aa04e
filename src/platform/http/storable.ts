import { looksLikeCardNumber } from './card-number.js';
import { type FieldFault, ValidationFailed } from './http.errors.js';

const MAX_DEPTH = 16;
const MAX_KEYS = 5_000;
const FORBIDDEN_NAMES = new Set(['__proto__', 'constructor', 'prototype']);
const CARD_NUMBER = 'looks like a card number; send a payment method id instead';

/**
 * Refuses what no route could store: texts that PostgreSQL cannot hold, names that reach into prototypes, nesting and key
 * counts beyond any real request, and anything that looks like a card number. Throws ValidationFailed.
 */
export function requireStorable(value: unknown): void {
  const fault = new Inspection().inspect(value, '', 1);
  if (fault) throw new ValidationFailed([fault]);
}

class Inspection {
  private keys = 0;

  inspect(value: unknown, path: string, depth: number): FieldFault | undefined {
    if (typeof value === 'string') return inspectText(value, path);
    if (typeof value === 'number') return inspectNumber(value, path);
    if (typeof value !== 'object' || value === null) return undefined;
    if (depth > MAX_DEPTH) return { field: path, message: `is nested deeper than ${MAX_DEPTH} levels` };
    for (const [name, member] of Object.entries(value)) {
      const fault = this.inspectMember(name, member, path, depth);
      if (fault) return fault;
    }
    return undefined;
  }

  private inspectMember(name: string, member: unknown, path: string, depth: number): FieldFault | undefined {
    const field = path === '' ? name : `${path}.${name}`;
    this.keys += 1;
    if (this.keys > MAX_KEYS) return { field: path, message: `the body has more than ${MAX_KEYS} members` };
    if (FORBIDDEN_NAMES.has(name)) return { field, message: `property ${name} should not exist` };
    return inspectText(name, path) ?? this.inspect(member, field, depth + 1);
  }
}

function inspectNumber(value: number, field: string): FieldFault | undefined {
  return looksLikeCardNumber(String(value)) ? { field, message: CARD_NUMBER } : undefined;
}

function inspectText(text: string, field: string): FieldFault | undefined {
  if (text.includes('\u0000')) return { field, message: 'must not contain the character U+0000' };
  if (!text.isWellFormed()) return { field, message: 'must be well-formed Unicode, without lone surrogates' };
  if (looksLikeCardNumber(text)) return { field, message: CARD_NUMBER };
  return undefined;
}
