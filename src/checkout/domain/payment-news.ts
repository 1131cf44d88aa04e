/** What has to be known of a payment to judge news about it. */
export interface NewsPayment {
  readonly status: 'pending' | 'processing' | 'requires_action' | 'authorized' | 'succeeded' | 'failed' | 'canceled';
  readonly lastFactAt: Date | null;
}

/** A call of ours to the provider whose answer is still awaited. */
export interface NewsCall {
  readonly action: 'create' | 'confirm' | 'cancel' | 'capture';
  readonly request: { readonly paymentMethod: string | null };
}

export interface NewsFact {
  readonly kind: 'open' | 'processing' | 'requires_action' | 'authorized' | 'succeeded' | 'failed' | 'canceled';
  readonly occurredAt: Date;
}

/** `ask`: the news may be true or out of date, so the provider is asked how the intent stands. */
export type Verdict = 'apply' | 'ask' | 'ignore';

/**
 * Says what to do with news that came by itself, late, twice or in any order. An answer to a call of ours is always about
 * that call; news may be about an earlier try, and failing an order for it would give the stock of a buyer away who is
 * just paying. Times are the provider's and have whole seconds.
 */
export function judge(payment: NewsPayment, open: NewsCall | undefined, fact: NewsFact): Verdict {
  if (payment.status === 'succeeded' || payment.status === 'canceled') return 'ignore';
  if (fact.kind === 'canceled') return 'apply';
  const age = ageOf(fact, payment.lastFactAt);
  if (fact.kind === 'succeeded') return judgeSuccess(payment, age);
  if (age === 'older') return 'ignore';
  if (open) return isAnswer(fact, open) ? 'apply' : 'ignore';
  return judgeTry(payment, fact, age);
}

type Age = 'older' | 'same' | 'newer';

function ageOf(fact: NewsFact, lastFactAt: Date | null): Age {
  if (lastFactAt === null || fact.occurredAt > lastFactAt) return 'newer';
  return fact.occurredAt < lastFactAt ? 'older' : 'same';
}

/**
 * Whatever the intent of an unanswered `create` does, that call did: there was no intent before it. Only that the intent
 * exists is no answer where the call goes on to charge it. Any other call works on an intent with a past.
 */
function isAnswer(fact: NewsFact, open: NewsCall): boolean {
  if (open.action !== 'create') return false;
  return fact.kind !== 'open' || open.request.paymentMethod === null;
}

/** Captured money is never forgotten, but where a later decline is known it has to be seen to be there. */
function judgeSuccess(payment: NewsPayment, age: Age): Verdict {
  return age === 'older' && payment.status === 'failed' ? 'ask' : 'apply';
}

/** Which of two facts of one second came first cannot be told, unless nothing had been tried before. */
function judgeTry(payment: NewsPayment, fact: NewsFact, age: Age): Verdict {
  if (fact.kind === 'open') return judgeOpen(payment, age);
  if (age === 'newer' || payment.status === 'pending') return 'apply';
  return payment.status === fact.kind ? 'ignore' : 'ask';
}

/** Every intent begins open, so in the same second this is nothing new. Later on it would be strange. */
function judgeOpen(payment: NewsPayment, age: Age): Verdict {
  return payment.status === 'pending' || age === 'same' ? 'ignore' : 'ask';
}
