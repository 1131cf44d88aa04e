import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { PageView } from '../../platform/http/index.js';

const state = { type: 'object', additionalProperties: true } as const;

/** An entry of the audit trail as it goes over the wire. */
@ApiSchema({ name: 'AuditEntry' })
export class PresentedAuditEntry {
  @ApiProperty({ example: 'aud_01kaf5d3m0e9wtsz1v5b7x2y4q' })
  id: string;

  @ApiProperty()
  order_id: string;

  @ApiProperty({ description: 'A customer, an admin, `internal`, or `system:…`.' })
  actor_id: string;

  @ApiProperty({ example: 'order_paid' })
  event_type: string;

  @ApiProperty({ ...state, nullable: true, description: 'Null where the order was created.' })
  previous_state: Readonly<Record<string, unknown>> | null;

  @ApiProperty(state)
  new_state: Readonly<Record<string, unknown>>;

  @ApiProperty()
  trace_id: string;

  @ApiProperty({ format: 'date-time' })
  timestamp: string;
}

export class AuditPage extends PageView {
  @ApiProperty({ type: () => [PresentedAuditEntry] })
  entries: PresentedAuditEntry[];
}
