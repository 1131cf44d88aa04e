/** How a refused card reads in an answer: Stripe's error code, the issuer's code, the message and the parameter at fault. */
export interface Decline {
  readonly code: string;
  readonly declineCode: string;
  readonly message: string;
  readonly param: string | null;
  readonly adviceCode: string | null;
}

const declined = (declineCode: string, message: string, adviceCode: string | null): Decline => ({
  code: 'card_declined',
  declineCode,
  message,
  param: null,
  adviceCode,
});

const DECLINED = 'Your card was declined.';

/** Codes of https://docs.stripe.com/testing#declined-payments, by the name that the test payment methods carry. */
export const DECLINES = {
  generic_decline: declined('generic_decline', DECLINED, 'try_again_later'),
  insufficient_funds: declined('insufficient_funds', 'Your card has insufficient funds.', 'try_again_later'),
  lost_card: declined('lost_card', DECLINED, 'do_not_try_again'),
  stolen_card: declined('stolen_card', DECLINED, 'do_not_try_again'),
  fraudulent: declined('fraudulent', DECLINED, null),
  card_velocity_exceeded: declined(
    'card_velocity_exceeded',
    'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
    'try_again_later',
  ),
  expired_card: {
    code: 'expired_card',
    declineCode: 'expired_card',
    message: 'Your card has expired.',
    param: 'exp_month',
    adviceCode: 'confirm_card_data',
  },
  incorrect_cvc: {
    code: 'incorrect_cvc',
    declineCode: 'incorrect_cvc',
    message: "Your card's security code is incorrect.",
    param: 'cvc',
    adviceCode: 'confirm_card_data',
  },
  processing_error: {
    code: 'processing_error',
    declineCode: 'processing_error',
    message: 'An error occurred while processing your card. Try again in a little bit.',
    param: null,
    adviceCode: 'try_again_later',
  },
} as const satisfies Record<string, Decline>;

export type KnownDecline = keyof typeof DECLINES;

/** The decline of any issuer code: those without an entry above read as a plain decline with that code. */
export function declineOf(declineCode: string): Decline {
  const known: Record<string, Decline> = DECLINES;
  return Object.hasOwn(known, declineCode)
    ? (known[declineCode] ?? DECLINES.generic_decline)
    : declined(declineCode, DECLINED, null);
}
