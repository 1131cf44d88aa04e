import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { PageQuery } from '../../../platform/http/index.js';
import {
  EVENT_PROVIDERS,
  type EventProvider,
  WEBHOOK_EVENT_STATUSES,
  type WebhookEventStatus,
} from '../domain/webhook-event.js';

export class WebhookEventsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: WEBHOOK_EVENT_STATUSES })
  @IsOptional()
  @IsIn(WEBHOOK_EVENT_STATUSES)
  status?: WebhookEventStatus;

  @ApiPropertyOptional({ example: 'payment_intent.succeeded' })
  @IsOptional()
  @Matches(/^[a-z0-9_.]{1,255}$/, { message: 'must be the type of an event' })
  type?: string;

  @ApiPropertyOptional({ enum: EVENT_PROVIDERS })
  @IsOptional()
  @IsIn(EVENT_PROVIDERS)
  provider?: EventProvider;
}
