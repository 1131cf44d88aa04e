/** Digit groups with the lengths and first digits that card networks issue (ISO/IEC 7812), single separators allowed. */
const CANDIDATE =
  /(?<!\d)(?:4(?:[ -]?\d){15}|5[1-5](?:[ -]?\d){14}|2[2-7](?:[ -]?\d){14}|6(?:[ -]?\d){15}|3[47](?:[ -]?\d){13})(?!\d)/g;

/** Whether a text holds what is very likely a payment card number: such a text must reach no log and no table. */
export function looksLikeCardNumber(text: string): boolean {
  if (text.length < 15) return false;
  for (const [candidate] of text.matchAll(CANDIDATE)) {
    if (passesLuhn(candidate.replace(/[ -]/g, ''))) return true;
  }
  return false;
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
