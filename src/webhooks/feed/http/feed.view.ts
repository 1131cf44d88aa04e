import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { PageView } from '../../../platform/http/index.js';
import { type CloudEvent, type DeadLetter, sequenceOf } from '../../../platform/outbox/index.js';
import { EVENT_TYPES } from '../../outbound/event-table.js';

/** An event as it is told to others: a CloudEvent. */
@ApiSchema({ name: 'Event' })
export class PresentedEvent implements CloudEvent {
  @ApiProperty({ enum: ['1.0'] })
  specversion: '1.0';

  @ApiProperty({ example: 'evt_01kaf5d3m0e9wtsz1v5b7x2y4q' })
  id: string;

  @ApiProperty({ example: '/holdfast' })
  source: string;

  @ApiProperty({ enum: EVENT_TYPES })
  type: string;

  @ApiProperty({ description: 'The order, refund, reservation or product that it is about.' })
  subject: string;

  @ApiProperty({ format: 'date-time' })
  time: string;

  @ApiProperty({ enum: ['application/json'] })
  datacontenttype: 'application/json';

  @ApiProperty({ example: '0000000001', description: 'Counts the events of the subject, without a gap.' })
  sequence: string;

  @ApiProperty({ description: 'The same as `subject`.' })
  partitionkey: string;

  @ApiProperty()
  traceid: string;

  @ApiPropertyOptional({ description: 'Where the trace has the form of W3C Trace Context.' })
  traceparent?: string;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'See docs/events.md.' })
  data: Readonly<Record<string, unknown>>;
}

export class EventPage extends PageView {
  @ApiProperty({ type: () => [PresentedEvent] })
  events: PresentedEvent[];
}

/** An event that a transport would not take. */
@ApiSchema({ name: 'DeadLetter' })
export class PresentedDeadLetter {
  @ApiProperty({ example: 'evt_01kaf5d3m0e9wtsz1v5b7x2y4q' })
  id: string;

  @ApiProperty({ enum: EVENT_TYPES })
  type: string;

  @ApiProperty()
  subject: string;

  @ApiProperty({ example: '0000000001' })
  sequence: string;

  @ApiProperty({ enum: ['sending', 'dead'], description: '`sending` once it was replayed.' })
  status: string;

  @ApiProperty({ type: 'integer' })
  attempts: number;

  @ApiProperty({ type: String, nullable: true })
  last_error: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at: string;
}

export class DeadLetterPage extends PageView {
  @ApiProperty({ type: () => [PresentedDeadLetter] })
  dead_letters: PresentedDeadLetter[];
}

export function presentDeadLetter(event: DeadLetter): PresentedDeadLetter {
  return {
    id: event.id,
    type: event.type,
    subject: event.aggregateId,
    sequence: sequenceOf(event.version),
    status: event.status,
    attempts: event.attempts,
    last_error: event.lastError,
    created_at: event.createdAt.toISOString(),
  };
}
