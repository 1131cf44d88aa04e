import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { HttpRequest, Principal } from '../http/http-request.js';
import { Unauthorized } from './auth.errors.js';

/** Who may call a route. Without a mark: anybody with a valid token. */
export type Access =
  'probe' | 'signature' | 'public' | 'customer' | 'signed_in' | 'admin' | 'internal' | 'customer_or_internal';

export const ACCESS = 'holdfast:access';

/** Open to everybody and never limited: a check that runs into its own limit would report a fault that is none. */
export const Probe = () => SetMetadata(ACCESS, 'probe' satisfies Access);
/**
 * The route checks a signature over the body by itself. Whoever can sign is never limited, so that a busy hour at Stripe is
 * not mistaken for an attack; the route counts whom it refuses with `RateLimit`.
 */
export const BySignature = () => SetMetadata(ACCESS, 'signature' satisfies Access);
export const Public = () => SetMetadata(ACCESS, 'public' satisfies Access);
/** Customers and admins, but no guests. */
export const SignedInOnly = () => SetMetadata(ACCESS, 'signed_in' satisfies Access);
export const AdminOnly = () => SetMetadata(ACCESS, 'admin' satisfies Access);
export const InternalOnly = () => SetMetadata(ACCESS, 'internal' satisfies Access);
export const OrInternal = () => SetMetadata(ACCESS, 'customer_or_internal' satisfies Access);

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
