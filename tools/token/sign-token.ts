import { SignJWT } from 'jose';

/** Who a token speaks for; `roles` is one of the service's three. */
export interface TokenPlan {
  readonly subject: string;
  readonly email?: string;
  readonly role: string;
  /** From now, in seconds. */
  readonly lifetimeSeconds: number;
}

/** What a verifier asks for beside the signature. */
export interface TokenIssuer {
  /** HS256 secret, 32 bytes at least (RFC 7518, section 3.2). */
  readonly secret: string;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
}

/** A signed JWT for development: `{ sub, email?, roles: [role], iat, exp, iss?, aud? }`, HS256. */
export async function signToken(plan: TokenPlan, issuer: TokenIssuer): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  const token = new SignJWT({ ...(plan.email === undefined ? {} : { email: plan.email }), roles: [plan.role] })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(plan.subject)
    .setIssuedAt(now)
    .setExpirationTime(now + plan.lifetimeSeconds);
  if (issuer.issuer) token.setIssuer(issuer.issuer);
  if (issuer.audience) token.setAudience(issuer.audience);
  return token.sign(new TextEncoder().encode(issuer.secret));
}
