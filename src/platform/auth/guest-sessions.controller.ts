import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { systemClock } from '../../kernel/clock.js';
import { Public } from './access.decorators.js';
import { GuestTokens } from './guest-tokens.js';

class GuestSessionView {
  @ApiProperty({ description: 'Bearer token of an anonymous customer.' })
  access_token: string;

  @ApiProperty()
  customer_id: string;

  @ApiProperty({ format: 'date-time' })
  expires_at: string;
}

@ApiTags('Identity')
@Controller('v1/guest-sessions')
export class GuestSessionsController {
  constructor(private readonly guests: GuestTokens) {}

  @Post()
  @Public()
  @HttpCode(201)
  @ApiOperation({ summary: 'Begin as an anonymous customer, who can fill a cart and check out' })
  @ApiCreatedResponse({ type: GuestSessionView })
  async create(): Promise<GuestSessionView> {
    const session = await this.guests.issue(systemClock.now());
    return {
      access_token: session.accessToken,
      customer_id: session.customerId,
      expires_at: session.expiresAt.toISOString(),
    };
  }
}
