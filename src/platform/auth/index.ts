// Who calls: bearer tokens, guest sessions, the internal key, roles and rate limits.
// Never stores a credential, and never says why a token was refused beyond "expired".
export {
  AdminOnly,
  BySignature,
  Caller,
  CurrentActor,
  InternalOnly,
  OrInternal,
  Public,
  SignedInOnly,
} from './access.decorators.js';
export { Forbidden, Unauthorized } from './auth.errors.js';
export { AuthModule } from './auth.module.js';
export { GuestTokens } from './guest-tokens.js';
export { GuestTokensModule } from './guest-tokens.module.js';
export { RateLimit } from './rate-limit.js';
