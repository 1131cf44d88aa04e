import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { PageView } from '../../platform/http/index.js';
import {
  COMPARED_OBJECTS,
  type ComparedObject,
  DIFFERENCE_KINDS,
  DIFFERENCE_STATUSES,
  type DifferenceKind,
  type DifferenceStatus,
} from '../domain/difference.js';

/** What one of the two books says. */
@ApiSchema({ name: 'ReconciliationEntry' })
export class PresentedEntry {
  @ApiProperty({ type: 'integer', description: 'Minor units of `currency`; of a payment, what was captured.' })
  amount: number;

  @ApiProperty({ description: 'ISO 4217, lower case.' })
  currency: string;

  @ApiProperty({ example: 'succeeded' })
  status: string;
}

/** A disagreement between our books and Stripe's, as it goes over the wire. */
@ApiSchema({ name: 'ReconciliationDifference' })
export class PresentedDifference {
  @ApiProperty({ example: 'dif_01kaf5d3m0e9wtsz1v5b7x2y4q' })
  id: string;

  @ApiProperty({ enum: COMPARED_OBJECTS })
  object: ComparedObject;

  @ApiProperty({ enum: DIFFERENCE_KINDS })
  kind: DifferenceKind;

  @ApiProperty({ description: 'The id at Stripe: `pi_…`, `re_…`, or `ch_…` for a charge without an intent.' })
  provider_id: string;

  @ApiProperty({ type: 'string', nullable: true, description: 'Our payment or refund; null where there is none.' })
  subject_id: string | null;

  @ApiProperty({ type: 'string', nullable: true })
  order_id: string | null;

  @ApiProperty({ type: () => PresentedEntry, nullable: true })
  here: PresentedEntry | null;

  @ApiProperty({ type: () => PresentedEntry, nullable: true })
  at_stripe: PresentedEntry | null;

  @ApiProperty({ enum: DIFFERENCE_STATUSES })
  status: DifferenceStatus;

  @ApiProperty({ format: 'date-time' })
  found_at: string;

  @ApiProperty({ format: 'date-time', description: 'When it was last seen to be there.' })
  seen_at: string;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  resolved_at: string | null;
}

export class DifferencePage extends PageView {
  @ApiProperty({ type: () => [PresentedDifference] })
  reconciliation_differences: PresentedDifference[];
}
