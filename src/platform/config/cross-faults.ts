import type { configShape } from './config.schema.js';

type Variable = keyof typeof configShape;
export type Environment = Readonly<Partial<Record<string, string>>>;

type Fault = readonly [is: boolean, variable: Variable, message: string];

/** Faults that no single variable shows. They are looked for in the environment as it is, beside all other faults. */
export function crossFaults(present: Environment): string[] {
  const { NODE_ENV, JWT_SECRET, JWT_JWKS_URL, JWT_ALGORITHM, STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET } = present;
  const production = NODE_ENV === 'production';
  const asymmetric = JWT_ALGORITHM === 'RS256' || JWT_ALGORITHM === 'ES256';
  const faults: Fault[] = [
    [!JWT_SECRET && !JWT_JWKS_URL, 'JWT_SECRET', 'is required unless JWT_JWKS_URL is set'],
    [JWT_ALGORITHM === 'HS256' && !JWT_SECRET, 'JWT_ALGORITHM', 'HS256 needs JWT_SECRET'],
    [JWT_ALGORITHM === 'HS256' && !!JWT_JWKS_URL, 'JWT_ALGORITHM', 'HS256 does not go with JWT_JWKS_URL'],
    [asymmetric && !JWT_JWKS_URL, 'JWT_ALGORITHM', `${JWT_ALGORITHM} needs JWT_JWKS_URL`],
    [production && !STRIPE_SECRET_KEY, 'STRIPE_SECRET_KEY', 'is required in production'],
    [production && !STRIPE_WEBHOOK_SECRET, 'STRIPE_WEBHOOK_SECRET', 'is required in production'],
  ];
  faults.push(...kafkaFaults(present, production));
  return faults.filter(([is]) => is).map(([, variable, message]) => `${variable}: ${message}`);
}

/** Half of a sign-in is none, and in production a password does not cross the network in the clear. */
function kafkaFaults(present: Environment, production: boolean): Fault[] {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: user, KAFKA_SASL_PASSWORD: password } = present;
  const needs = 'is required where one of KAFKA_SASL_MECHANISM, _USERNAME and _PASSWORD is set';
  const signsIn = [mechanism, user, password].some(Boolean);
  return [
    [signsIn && !mechanism, 'KAFKA_SASL_MECHANISM', needs],
    [signsIn && !user, 'KAFKA_SASL_USERNAME', needs],
    [signsIn && !password, 'KAFKA_SASL_PASSWORD', needs],
    [
      production && mechanism === 'plain' && present.KAFKA_SSL !== 'true',
      'KAFKA_SSL',
      'plain needs true in production',
    ],
  ];
}
