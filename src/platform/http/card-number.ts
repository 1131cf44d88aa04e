/** Digits in groups with a single separator between them, as people write long numbers. */
const DIGITS_AND_SEPARATORS = /[\d.\u00a0 -]{15,}/g;
/** What most texts do not have, and a card number always. */
const LONG_RUN = /[\d.\u00a0 -]{15}/;
const SEPARATOR = /[.\u00a0 -]/;
const SHORTEST = 15;
const LONGEST = 16;
/** One UUID in nine thousand has digits that look like a card's, and many clients take UUIDs for idempotency keys. */
const UUID = /\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/gi;
/** The first digits and lengths that card networks issue (ISO/IEC 7812). */
const ISSUED = /^(?:4\d{15}|5[1-5]\d{14}|2[2-7]\d{14}|6\d{15}|3[47]\d{13})$/;

/** Whether a text holds what is very likely a payment card number: such a text must reach no log and no table. */
export function looksLikeCardNumber(text: string): boolean {
  if (!LONG_RUN.test(text)) return false;
  const suspect = text.replaceAll(UUID, ';');
  return [...suspect.matchAll(DIGITS_AND_SEPARATORS)].some(([run]) => holdsCardNumber(run.split(SEPARATOR)));
}

/** Whether neighbouring groups make a card number. An empty group is a double separator, which no card number has. */
function holdsCardNumber(groups: readonly string[]): boolean {
  return groups.some((_, first) => {
    let digits = '';
    for (let next = first; next < groups.length && groups[next] && digits.length < LONGEST; next += 1) {
      digits += groups[next];
      if (digits.length >= SHORTEST && ISSUED.test(digits) && passesLuhn(digits)) return true;
    }
    return false;
  });
}

/** The check digit rule of ISO/IEC 7812-1, annex B. */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits.charAt(digits.length - 1 - place));
    const doubled = place % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
