import { readStripeEvent } from './stripe-event.js';

const CARD = '4242424242424242';

function payloadOf(text: string): string | undefined {
  return readStripeEvent(JSON.parse(text), text)?.payload;
}

function eventWith(member: string): string {
  return `{ "id": "evt_1", "type": "charge.updated", "created": 1764288000, "data": { "object": { "note": ${member} } } }`;
}

describe('the payload of an event', () => {
  test.each([
    ['a text', `"card ${CARD}, please"`],
    ['a text with groups', '"4242 4242 4242 4242"'],
    ['a text with narrow groups', '"4242-4242.4242\u00a04242"'],
    ['a text with an escape', `"\\u0034${CARD.slice(1)}"`],
    ['a text in which every digit is an escape', `"${[...CARD].map((digit) => `\\u003${digit}`).join('')}"`],
    ['a number', CARD],
    ['a number with an exponent', '4.242424242424242e15'],
    ['a list', `[1, ["${CARD}"]]`],
  ])('holds no card number that came in %s', (_, member) => {
    expect(payloadOf(eventWith(member))).toBe(
      JSON.stringify(JSON.parse(eventWith(member.startsWith('[') ? '[1, ["[redacted]"]]' : '"[redacted]"'))),
    );
  });

  test.each([
    ['as Stripe sends it', JSON.stringify(JSON.parse(eventWith('["pi_3e5", 1764288000123, { "a": {} }]')), null, 4)],
    ['with what could hide something', eventWith('["caf\\u00e9", 12e3, "123456789012345"]')],
  ])('is the very text that came where there is no such thing, %s', (_, text) => {
    expect(payloadOf(text)).toBe(text);
  });
});
