import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Account } from '../account.js';
import type { ActionContext } from '../actions/answer.js';
import { authenticateIntent } from '../actions/settle-intent.js';
import { formatAmount } from '../domain/currencies.js';
import type { Intent } from '../domain/records.js';
import { parseForm, type Params } from '../http/form.js';
import { NO_REQUEST } from '../transaction.js';
import { escapeHtml, htmlPage, PAGE_HEADERS } from './html.js';

export interface PageParts {
  readonly account: Account;
  readonly context: () => Omit<ActionContext, 'declineCode'>;
}

interface Route {
  Params: { id: string };
}

/** Where a customer approves or declines a payment, instead of at the bank. The client secret is the ticket. */
export function authenticatePage(app: FastifyInstance, { account, context }: PageParts): void {
  app.get<Route>('/authenticate/:id', (request, reply) => {
    const given = parseForm(request.url.split('?', 2)[1] ?? '');
    const intent = intentFor(account, request, given);
    if (intent === undefined) return notFound(reply);
    return show(reply, intent.status === 'requires_action' ? askPage(intent, given) : outcomePage(intent));
  });
  app.post<Route>('/authenticate/:id', (request, reply) => {
    const given = parseForm(typeof request.body === 'string' ? request.body : '');
    const intent = intentFor(account, request, given);
    if (intent === undefined) return notFound(reply);
    const outcome = given['outcome'] === 'succeed' ? 'succeed' : 'fail';
    if (intent.status === 'requires_action') {
      account.transact(NO_REQUEST, (tx) =>
        authenticateIntent(tx, intent, outcome, { ...context(), declineCode: null }),
      );
    }
    const settled = account.find('payment_intent', intent.id) ?? intent;
    const back = returnAddress(settled, given);
    return back === undefined ? show(reply, outcomePage(settled)) : reply.redirect(back, 303);
  });
}

function intentFor(account: Account, request: FastifyRequest<Route>, given: Params): Intent | undefined {
  const intent = account.find('payment_intent', request.params.id);
  return intent?.client_secret === given['client_secret'] ? intent : undefined;
}

function askPage(intent: Intent, given: Params): string {
  const returnUrl = webAddress(given['return_url']);
  const hidden = [
    ['client_secret', intent.client_secret],
    ['return_url', returnUrl?.href ?? ''],
  ].map(([name = '', value = '']) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`);
  return htmlPage(
    'Approve this payment',
    `<p>${escapeHtml(intent.description ?? 'A shop')} asks for <strong>${escapeHtml(formatAmount(intent.amount, intent.currency))}</strong>. No money moves: this is a sandbox.</p>
<form method="post" action="/authenticate/${escapeHtml(intent.id)}">${hidden.join('')}<button name="outcome" value="succeed">Approve</button><button name="outcome" value="fail">Decline</button></form>`,
  );
}

function outcomePage(intent: Intent): string {
  const amount = escapeHtml(formatAmount(intent.amount, intent.currency));
  return htmlPage(
    'Payment',
    `<p>The payment of ${amount} is now <code>${escapeHtml(intent.status)}</code>. You may close this page.</p>`,
  );
}

// The same members that Stripe adds when it sends a customer back.
function returnAddress(intent: Intent, given: Params): string | undefined {
  const back = webAddress(given['return_url']);
  if (back === undefined) return undefined;
  back.searchParams.set('payment_intent', intent.id);
  back.searchParams.set('payment_intent_client_secret', intent.client_secret);
  back.searchParams.set('redirect_status', intent.status === 'requires_payment_method' ? 'failed' : 'succeeded');
  return back.href;
}

function webAddress(value: unknown): URL | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
  const address = new URL(value);
  return address.protocol === 'http:' || address.protocol === 'https:' ? address : undefined;
}

function show(reply: FastifyReply, page: string): FastifyReply {
  return reply.headers(PAGE_HEADERS).send(page);
}

function notFound(reply: FastifyReply): FastifyReply {
  return show(reply.status(404), htmlPage('Not found', '<p>No payment waits here. The link may be incomplete.</p>'));
}
