import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { GuestSessionsController } from './guest-sessions.controller.js';
import { GuestTokensModule } from './guest-tokens.module.js';
import { RateLimit } from './rate-limit.js';
import { TokenVerifier } from './token-verifier.js';

@Global()
@Module({
  imports: [GuestTokensModule],
  controllers: [GuestSessionsController],
  providers: [TokenVerifier, RateLimit, { provide: APP_GUARD, useClass: AccessGuard }],
  exports: [RateLimit],
})
export class AuthModule {}
