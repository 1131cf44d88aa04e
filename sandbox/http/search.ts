import type { Intent } from '../domain/records.js';
import { invalidRequest } from '../domain/stripe-error.js';

const CLAUSE = /^(?:metadata\[(['"])([^'"]{1,40})\1\]|status):(['"])([^'"]{0,500})\3$/;
const MAX_CLAUSES = 10;

/** The part of Stripe's search language that is known here: `metadata['k']:'v'` and `status:'s'`, joined by AND. */
export function parseQuery(query: string): (intent: Intent) => boolean {
  const clauses = query.split(/ AND /i);
  if (clauses.length > MAX_CLAUSES)
    throw invalidRequest(`A search query has at most ${MAX_CLAUSES} clauses.`, { param: 'query' });
  const tests = clauses.map((clause) => parseClause(clause.trim()));
  return (intent) => tests.every((test) => test(intent));
}

function parseClause(clause: string): (intent: Intent) => boolean {
  const match = CLAUSE.exec(clause);
  if (match === null) throw invalidRequest('We were unable to parse your search query.', { param: 'query' });
  const [, , key, , value] = match;
  return key === undefined ? (intent) => intent.status === value : (intent) => intent.metadata[key] === value;
}
