import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { PageView } from '../../../platform/http/index.js';
import { WEBHOOK_EVENT_STATUSES, type WebhookEventStatus } from '../domain/webhook-event.js';

/** What Stripe is told once its event is stored. */
@ApiSchema({ name: 'WebhookReception' })
export class PresentedReception {
  @ApiProperty()
  received: true;

  @ApiPropertyOptional({ description: 'The event was there already and is not worked on again.' })
  duplicate?: true;
}

/** An event of Stripe and what became of it, as it goes over the wire. */
@ApiSchema({ name: 'WebhookEvent' })
export class PresentedWebhookEvent {
  @ApiProperty({ example: 'whe_01kaf5d3m0e9wtsz1v5b7x2y4q' })
  id: string;

  @ApiProperty({ description: 'The id at Stripe, `evt_…`.' })
  provider_event_id: string;

  @ApiProperty({ example: 'payment_intent.succeeded' })
  type: string;

  @ApiProperty({ enum: WEBHOOK_EVENT_STATUSES })
  status: WebhookEventStatus;

  @ApiProperty({ type: 'integer' })
  attempts: number;

  @ApiProperty({ format: 'date-time' })
  received_at: string;
}

export class WebhookEventPage extends PageView {
  @ApiProperty({ type: () => [PresentedWebhookEvent] })
  webhook_events: PresentedWebhookEvent[];
}
