/**
 * What went wrong, in words of the domain. The HTTP layer alone knows which status each kind becomes.
 * `invalid` understood but unacceptable · `refused` not in this state · `conflict` lost against another change.
 */
export const ERROR_KINDS = [
  'bad_request',
  'refused',
  'unauthorized',
  'payment_declined',
  'forbidden',
  'not_found',
  'method_not_allowed',
  'conflict',
  'payload_too_large',
  'unsupported_media_type',
  'invalid',
  'rate_limited',
  'defect',
  'unavailable',
] as const;

export type ErrorKind = (typeof ERROR_KINDS)[number];
export type ErrorDetails = Readonly<Record<string, unknown>>;

export interface ErrorSpec {
  /** Stable, lower snake case: clients switch on it. */
  readonly code: string;
  readonly kind: ErrorKind;
  /** One sentence for docs/errors.md: when it happens and what to do. */
  readonly summary: string;
}

/** An expected refusal with facts that a client can act on. Details are published: never put a secret there. */
export abstract class DomainError extends Error {
  abstract readonly spec: ErrorSpec;
  readonly details: ErrorDetails;

  constructor(message: string, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.details = details;
  }

  get code(): string {
    return this.spec.code;
  }

  get kind(): ErrorKind {
    return this.spec.kind;
  }
}

const specs = new Map<string, ErrorSpec>();

/** The base class for one error code. Each code is declared once; a second declaration stops the process at boot. */
export function domainError(spec: ErrorSpec) {
  if (specs.has(spec.code)) throw new Error(`error code ${spec.code} is declared twice`);
  specs.set(spec.code, spec);
  return class extends DomainError {
    readonly spec = spec;
  };
}

/** Every code declared by the modules loaded so far, by code: the source of docs/errors.md. */
export function declaredErrors(): readonly ErrorSpec[] {
  return [...specs.values()].sort((a, b) => a.code.localeCompare(b.code));
}
