import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';

export class FieldFaultView {
  @ApiProperty({ description: 'The member, with its path: `shipping_address.country`.' })
  field: string;

  @ApiProperty()
  message: string;
}

/** A refusal as it goes over the wire (RFC 9457). docs/errors.md lists the codes and what to do about each. */
@ApiSchema({ name: 'Problem' })
export class ProblemView {
  @ApiProperty({ example: 'urn:holdfast:problem:validation_failed' })
  type: string;

  @ApiProperty({ example: 'Unprocessable Entity' })
  title: string;

  @ApiProperty({ type: 'integer', example: 422 })
  status: number;

  @ApiProperty({ description: 'For people; may change.' })
  detail: string;

  @ApiProperty({ description: 'The path that was asked for.' })
  instance: string;

  @ApiProperty({ example: 'validation_failed', description: 'Stable: switch on it. Further members carry its facts.' })
  code: string;

  @ApiProperty()
  request_id: string;

  @ApiProperty()
  trace_id: string;

  @ApiPropertyOptional({ type: () => [FieldFaultView], description: 'What is wrong with which member.' })
  errors?: FieldFaultView[];
}
