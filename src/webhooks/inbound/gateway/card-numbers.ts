import { looksLikeCardNumber } from '../../../platform/http/index.js';

/** Digits that may be a card number, and what JSON can hide digits behind: escapes, and numbers with an exponent. */
const SUSPECT = /\d[\d.\u00a0 -]{13}|\\u|[:,[]\s*-?[\d.]+e/i;

/** Whether a JSON text has to be looked through. That of most events has not. */
export function maySpellCardNumber(text: string): boolean {
  return SUSPECT.test(text);
}

/**
 * The event without anything that looks like a card number, or undefined where there is no such thing and the text can be
 * kept as it came. Buyers write into names and notes what they should not, and payment systems hand it on.
 */
export function withoutCardNumbers(event: unknown): string | undefined {
  let found = false;
  const text = JSON.stringify(event, (_, member: unknown) => {
    const suspect = typeof member === 'string' || typeof member === 'number' ? String(member) : '';
    if (!looksLikeCardNumber(suspect)) return member;
    found = true;
    return '[redacted]';
  });
  return found ? text : undefined;
}
