import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { PageView } from '../../../platform/http/index.js';
import {
  EVENT_PROVIDERS,
  type EventProvider,
  WEBHOOK_EVENT_STATUSES,
  type WebhookEventStatus,
} from '../domain/webhook-event.js';

/** What Stripe is told once its event is stored. */
@ApiSchema({ name: 'WebhookReception' })
export class PresentedReception {
  @ApiProperty()
  received: true;

  @ApiPropertyOptional({ description: 'The event was there already and is not worked on again.' })
  duplicate?: true;
}

/** An event of Stripe or of the broker and what became of it, as it goes over the wire. */
@ApiSchema({ name: 'WebhookEvent' })
export class PresentedWebhookEvent {
  @ApiProperty({ example: 'whe_01kaf5d3m0e9wtsz1v5b7x2y4q' })
  id: string;

  @ApiProperty({ description: 'The id at Stripe, `evt_…`, or the source and the id of an event of the broker.' })
  provider_event_id: string;

  @ApiProperty({ example: 'payment_intent.succeeded' })
  type: string;

  @ApiProperty({ enum: WEBHOOK_EVENT_STATUSES })
  status: WebhookEventStatus;

  @ApiProperty({ type: 'integer' })
  attempts: number;

  @ApiProperty({ format: 'date-time' })
  received_at: string;

  @ApiProperty({ enum: EVENT_PROVIDERS })
  provider: EventProvider;

  @ApiProperty({ type: 'string', nullable: true, description: 'Why it waits or was parked.' })
  last_error: string | null;
}

export class WebhookEventPage extends PageView {
  @ApiProperty({ type: () => [PresentedWebhookEvent] })
  webhook_events: PresentedWebhookEvent[];
}
