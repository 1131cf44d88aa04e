import { signToken } from '../../tools/token/sign-token.js';
import type { Secrets } from './variant.js';

const LIFETIME_SECONDS = 86_400;

/** The header line of somebody who is signed in. */
export async function authorizationOf(
  subject: string,
  role: 'admin' | 'customer',
  { jwtSecret }: Pick<Secrets, 'jwtSecret'>,
): Promise<string> {
  const plan = { subject, email: `${subject}@example.com`, role, lifetimeSeconds: LIFETIME_SECONDS };
  return `Authorization: Bearer ${await signToken(plan, { secret: jwtSecret })}\r\n`;
}
