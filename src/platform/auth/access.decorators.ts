import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import type { Actor } from '../../kernel/actor.js';
import type { HttpRequest, Principal } from '../http/http-request.js';
import { Unauthorized } from './auth.errors.js';

/** Who may call a route. Without a mark: anybody with a valid token. */
export type Access =
  'probe' | 'signature' | 'public' | 'customer' | 'signed_in' | 'admin' | 'internal' | 'customer_or_internal';

export const ACCESS = 'holdfast:access';

/** Marks a route or a controller, for the guard and for the OpenAPI document. */
function mark(access: Access, ...security: (ClassDecorator & MethodDecorator)[]) {
  return applyDecorators(SetMetadata(ACCESS, access), ...security);
}

/** In OpenAPI an empty requirement says that no credential is asked for. */
const WITHOUT_CREDENTIAL = {};

/** Open to everybody and never limited: a check that runs into its own limit would report a fault that is none. */
export const Probe = () => mark('probe', ApiSecurity(WITHOUT_CREDENTIAL));
/**
 * The route checks a signature over the body by itself. Whoever can sign is never limited, so that a busy hour at Stripe is
 * not mistaken for an attack; the route counts whom it refuses with `RateLimit`.
 */
export const BySignature = () => mark('signature', ApiSecurity(WITHOUT_CREDENTIAL));
export const Public = () => mark('public', ApiSecurity(WITHOUT_CREDENTIAL));
/** Customers and admins, but no guests. */
export const SignedInOnly = () => mark('signed_in');
export const AdminOnly = () => mark('admin');
export const InternalOnly = () => mark('internal', ApiSecurity('internal'));
export const OrInternal = () => mark('customer_or_internal', ApiSecurity('bearer'), ApiSecurity('internal'));

/** The principal that the guard let in. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal =>
  principalOf(context.switchToHttp().getRequest<HttpRequest>()),
);

/** The principal and the trace, for the audit trail. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const request = context.switchToHttp().getRequest<HttpRequest>();
  return { id: principalOf(request).id, traceId: request.ids.traceId };
});

function principalOf(request: HttpRequest): Principal {
  if (!request.principal) throw new Unauthorized();
  return request.principal;
}
