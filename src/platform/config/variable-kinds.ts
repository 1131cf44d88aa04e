import { z } from 'zod';
import { faultsOfSecret } from './weak-secrets.js';

const LONGEST_SECONDS = 31_536_000;
const MOST_DIGITS = 15;

/** A whole number in decimal digits, and nothing that only a programmer reads as one (`1e3`, `0x10`). */
export const whole = (smallest: number, largest: number) =>
  z
    .string()
    .refine((text) => isWholeWithin(text, smallest, largest), `must be a whole number from ${smallest} to ${largest}`)
    .transform(Number);

export const seconds = (fallback: number) => whole(1, LONGEST_SECONDS).default(fallback);

export const oneOf = <const Words extends readonly [string, ...string[]]>(...words: Words) =>
  z.enum(words, { error: `must be one of ${words.join(', ')}` });

export const secret = (minimumBytes: number) =>
  z.string().superRefine((text, context) => {
    const faults = faultsOfSecret(text, minimumBytes);
    if (faults.length === 0) return;
    const advice = `make one with: openssl rand -hex ${minimumBytes}`;
    context.addIssue({ code: 'custom', message: `${faults.join(', and ')}; ${advice}` });
  });

export const url = (...protocols: string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    message: `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });

function isWholeWithin(text: string, smallest: number, largest: number): boolean {
  if (!/^\d+$/.test(text) || text.length > MOST_DIGITS) return false;
  return Number(text) >= smallest && Number(text) <= largest;
}
