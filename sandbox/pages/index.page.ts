import type { FastifyInstance } from 'fastify';
import { formatAmount } from '../domain/currencies.js';
import type { Intent } from '../domain/records.js';
import type { PageParts } from './authenticate.page.js';
import { escapeHtml, htmlPage, PAGE_HEADERS } from './html.js';

const SHOWN = 25;

/** What this is, and the latest intents. Client secrets are not shown. */
export function indexPage(app: FastifyInstance, { account }: PageParts): void {
  app.get('/', (_request, reply) => {
    const latest = account.all('payment_intent').slice(-SHOWN).reverse();
    const rows = latest.map(tableRow).join('') || '<tr><td colspan="5">None yet.</td></tr>';
    const body = `<p>A stateful local stand-in for Stripe: the real SDK talks to it, no money moves. Its API is under <code>/v1</code>, what steers it under <code>/_sandbox</code>; <code>sandbox/README.md</code> explains both.</p>
<h2>Latest payment intents</h2><table><tr><th>Id</th><th>Amount</th><th>Status</th><th>Order</th><th>Created</th></tr>${rows}</table>`;
    return reply.headers(PAGE_HEADERS).send(htmlPage('Stripe sandbox', body));
  });
}

function tableRow(intent: Intent): string {
  const created = new Date(intent.created * 1000).toISOString();
  const cells = [
    intent.id,
    formatAmount(intent.amount, intent.currency),
    intent.status,
    intent.metadata['order_id'] ?? '',
    created,
  ];
  return `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`;
}
