import type { DevSecrets } from './dev-secrets.js';
import { originOf, presentEnvironment, type Settings } from './settings.js';

export interface Addresses {
  readonly port: number;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** Absent when Stripe itself, or somebody's own stand-in, is used. */
  readonly sandboxUrl?: string;
}

/** Whether the local Stripe sandbox stands in: not with a key of Stripe's, nor when another stand-in is named. */
export function wantsSandbox(): boolean {
  const { STRIPE_SECRET_KEY, STRIPE_API_BASE } = presentEnvironment();
  return STRIPE_SECRET_KEY === undefined && STRIPE_API_BASE === undefined;
}

/** The first of the webhook secrets: Stripe signs with one, a list is for the days of a rotation. */
export function webhookSecret(secrets: DevSecrets): string {
  return (presentEnvironment().STRIPE_WEBHOOK_SECRET ?? secrets.webhookSecret).split(',')[0]?.trim() ?? '';
}

export function webhookUrl(settings: Settings, port: number): string {
  return `${originOf(settings.host, port)}${settings.httpPrefix}/v1/webhooks/stripe`;
}

/** The environment of the application: what is set wins, development secrets and embedded services fill the rest. */
export function applicationEnvironment(
  settings: Settings,
  secrets: DevSecrets,
  addresses: Addresses,
): Record<string, string> {
  const given = presentEnvironment();
  return {
    NODE_ENV: 'development',
    // A secret beside a key set would make the algorithm ambiguous.
    ...(given.JWT_JWKS_URL === undefined ? { JWT_SECRET: secrets.jwtSecret } : {}),
    SVC_INTERNAL_KEY: secrets.internalKey,
    STRIPE_SECRET_KEY: secrets.sandboxKey,
    STRIPE_WEBHOOK_SECRET: secrets.webhookSecret,
    ...(addresses.sandboxUrl === undefined ? {} : { STRIPE_API_BASE: addresses.sandboxUrl }),
    ...given,
    HOST: settings.host,
    PORT: String(addresses.port),
    HTTP_PREFIX: settings.httpPrefix,
    DATA_DIR: settings.dataDir,
    DATABASE_URL: addresses.databaseUrl,
    REDIS_URL: addresses.redisUrl,
  };
}
