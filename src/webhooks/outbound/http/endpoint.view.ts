import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { PageView } from '../../../platform/http/index.js';
import { DISABLED_REASONS, type DisabledReason } from '../domain/endpoint.js';

const moment = { type: String, format: 'date-time', nullable: true } as const;

/** A webhook endpoint as it goes over the wire. */
@ApiSchema({ name: 'WebhookEndpoint' })
export class WebhookEndpointView {
  @ApiProperty({ example: 'whe_01kaf5d3m0e9wtsz1v5b7x2y4q' })
  id: string;

  @ApiProperty({ example: 'https://shop.example/hooks' })
  url: string;

  @ApiProperty({ type: [String], example: ['order.*'] })
  event_types: string[];

  @ApiProperty()
  description: string;

  @ApiProperty({ description: 'Whether it is told of events.' })
  enabled: boolean;

  @ApiProperty({
    enum: DISABLED_REASONS,
    nullable: true,
    description:
      '`gone`: it has answered 410. `failing`: nothing but failures for days. null: enabled, or disabled by an admin.',
  })
  disabled_reason: DisabledReason | null;

  @ApiProperty(moment)
  disabled_at: string | null;

  @ApiProperty({ ...moment, description: 'Since when nothing has been received; null after a success.' })
  failing_since: string | null;

  @ApiProperty({ ...moment, description: 'Until when the receiver has asked to be left alone.' })
  paused_until: string | null;

  @ApiProperty({ ...moment, description: 'Until when the secret before the present one signs as well.' })
  previous_secret_until: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  @ApiProperty({ format: 'date-time' })
  updated_at: string;
}

@ApiSchema({ name: 'WebhookEndpointWithSecret' })
export class WebhookEndpointWithSecretView extends WebhookEndpointView {
  @ApiProperty({ example: 'whsec_…', description: 'What the receiver verifies signatures with. Shown this once.' })
  secret: string;
}

export class WebhookEndpointPage extends PageView {
  @ApiProperty({ type: () => [WebhookEndpointView] })
  webhook_endpoints: WebhookEndpointView[];
}
