import { signToken, type TokenIssuer } from '../token/sign-token.js';
import { walkthrough } from './walkthrough.js';

export interface BannerFacts {
  readonly origin: string;
  readonly httpPrefix: string;
  readonly sandboxUrl?: string;
  readonly internalKey: string;
  /** Absent when an identity provider signs the tokens. */
  readonly issuer?: TokenIssuer;
  /** What runs where, for people; printed first. */
  readonly notes: readonly string[];
}

const TOKEN_LIFETIME_SECONDS = 7 * 86_400;

/** What `npm start` prints when everything is ready: one fact a line, then three commands to try. */
export async function banner(facts: BannerFacts): Promise<string> {
  const base = `${facts.origin}${facts.httpPrefix}`;
  const customerToken = await tokenFor('customer', facts.issuer);
  const adminToken = await tokenFor('admin', facts.issuer);
  const commands = customerToken === undefined ? [] : await walkthrough({ base, customerToken });
  return [
    '',
    ...facts.notes,
    '',
    `API ${facts.origin}`,
    `Docs ${base}/docs`,
    ...(facts.sandboxUrl === undefined ? [] : [`Stripe sandbox ${facts.sandboxUrl}`]),
    ...(customerToken === undefined ? [] : [`Customer token ${customerToken}`]),
    ...(adminToken === undefined ? [] : [`Admin token ${adminToken}`]),
    `Internal key ${facts.internalKey}`,
    ...(commands.length === 0 ? [] : ['', 'From an empty cart to a paid order:', '', ...commands]),
    '',
    'Ctrl-C stops everything.',
    '',
  ].join('\n');
}

async function tokenFor(role: 'customer' | 'admin', issuer: TokenIssuer | undefined): Promise<string | undefined> {
  if (!issuer) return undefined;
  const plan = { subject: `demo-${role}`, email: `${role}@example.com`, role, lifetimeSeconds: TOKEN_LIFETIME_SECONDS };
  return signToken(plan, issuer);
}
