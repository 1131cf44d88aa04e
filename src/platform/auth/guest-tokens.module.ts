import { Global, Module } from '@nestjs/common';
import { GuestTokens } from './guest-tokens.js';

/** Apart from the guards, because the worker's modules know guests too, and guard nothing. */
@Global()
@Module({ providers: [GuestTokens], exports: [GuestTokens] })
export class GuestTokensModule {}
