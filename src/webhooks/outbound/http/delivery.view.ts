import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { PageView } from '../../../platform/http/index.js';
import { DELIVERY_STATUSES, type DeliveryStatus } from '../domain/delivery.js';

const moment = { type: String, format: 'date-time', nullable: true } as const;

/** One event on its way to one endpoint, and the answer to the last attempt. */
@ApiSchema({ name: 'WebhookDelivery' })
export class DeliveryView {
  @ApiProperty({ example: 'del_01kaf5d3m0e9wtsz1v5b7x2y4q' })
  id: string;

  @ApiProperty()
  webhook_endpoint_id: string;

  @ApiProperty({ description: 'Also the `webhook-id` that the receiver gets, at every attempt.' })
  event_id: string;

  @ApiProperty({ example: 'order.paid' })
  event_type: string;

  @ApiProperty({ enum: DELIVERY_STATUSES })
  status: DeliveryStatus;

  @ApiProperty({ type: 'integer', description: 'Since it was made or replayed.' })
  attempts: number;

  @ApiProperty(moment)
  next_attempt_at: string | null;

  @ApiProperty(moment)
  last_attempt_at: string | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'null: there was no answer.' })
  response_status: number | null;

  @ApiProperty({ type: String, nullable: true, description: 'The first characters of the answer.' })
  response_excerpt: string | null;

  @ApiProperty({ type: 'integer', nullable: true })
  duration_ms: number | null;

  @ApiProperty({ type: String, nullable: true, description: 'Why there was no answer.', example: 'ECONNREFUSED' })
  error: string | null;

  @ApiProperty({ ...moment, description: 'When it was received for the first time.' })
  delivered_at: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at: string;
}

@ApiSchema({ name: 'WebhookRequest' })
export class DeliveryRequestView {
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    nullable: true,
    description: 'Of the last attempt; null before the first.',
  })
  headers: Readonly<Record<string, string>> | null;

  @ApiProperty({ description: 'Byte for byte the same at every attempt.' })
  body: string;
}

@ApiSchema({ name: 'WebhookDeliveryWithRequest' })
export class DeliveryWithRequestView extends DeliveryView {
  @ApiProperty({ type: () => DeliveryRequestView })
  request: DeliveryRequestView;
}

export class DeliveryPage extends PageView {
  @ApiProperty({ type: () => [DeliveryView] })
  deliveries: DeliveryView[];
}

@ApiSchema({ name: 'WebhookReplay' })
export class ReplayView {
  @ApiProperty()
  webhook_endpoint_id: string;

  @ApiProperty({ format: 'date-time' })
  from: string;

  @ApiProperty({ format: 'date-time' })
  to: string;

  @ApiProperty({ type: 'integer', description: 'How many events are sent again.' })
  replayed: number;
}
