import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { GuestSessionsController } from './guest-sessions.controller.js';
import { GuestTokens } from './guest-tokens.js';
import { RateLimit } from './rate-limit.js';
import { TokenVerifier } from './token-verifier.js';

@Global()
@Module({
  controllers: [GuestSessionsController],
  providers: [GuestTokens, TokenVerifier, RateLimit, { provide: APP_GUARD, useClass: AccessGuard }],
  exports: [GuestTokens],
})
export class AuthModule {}
