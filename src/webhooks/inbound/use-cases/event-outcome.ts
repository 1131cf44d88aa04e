/** What an event came to. `unknown_payment`: it is about a payment that we do not know, or not yet. */
export type EventOutcome = 'applied' | 'old_news' | 'unknown_payment' | 'meaningless';
