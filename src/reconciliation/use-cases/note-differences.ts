import { Injectable, Logger } from '@nestjs/common';
import { Database, type Tx } from '../../platform/database/index.js';
import { differencesBetween } from '../domain/comparison.js';
import type { ComparedObject, Difference, DifferenceId, DifferenceKind, Entry } from '../domain/difference.js';
import { DifferenceRepository, type Finding } from '../persistence/difference.repository.js';
import type { Booked } from './ledger.js';

export interface Compared {
  readonly object: ComparedObject;
  readonly providerId: string;
  readonly booked: Booked | undefined;
  readonly atStripe: Entry | undefined;
}

/** Writes down how one thing differs between the books, and what of it is no longer so. */
@Injectable()
export class NoteDifferences {
  private readonly logger = new Logger(NoteDifferences.name);

  constructor(
    private readonly database: Database,
    private readonly differences: DifferenceRepository,
  ) {}

  /** Answers the kinds that there are. New ones are told in the log, for somebody to be woken by. */
  async execute(tx: Tx, compared: Compared): Promise<readonly DifferenceKind[]> {
    const { object, providerId, booked, atStripe } = compared;
    const kinds = differencesBetween(object, booked?.entry, atStripe);
    for (const kind of kinds) await this.note(tx, { ...factsOf(compared), kind });
    for (const gone of await this.differences.resolve(tx, providerId, kinds)) this.tellResolved(tx, gone);
    return kinds;
  }

  private async note(tx: Tx, finding: Finding): Promise<void> {
    const id = await this.differences.note(tx, finding);
    if (id === undefined) return;
    const { here, atStripe } = finding;
    const line = { msg: 'reconciliation_difference', ...namesOf(id, finding), here, at_stripe: atStripe };
    this.database.afterCommit(tx, () => this.logger.error(line));
  }

  private tellResolved(tx: Tx, gone: Difference): void {
    const line = { msg: 'reconciliation_difference_resolved', ...namesOf(gone.id, gone) };
    this.database.afterCommit(tx, () => this.logger.log(line));
  }
}

function factsOf({ object, providerId, booked, ...sides }: Compared): Omit<Finding, 'kind'> {
  const atStripe = sides.atStripe ?? null;
  if (!booked) return { object, providerId, subjectId: null, orderId: null, here: null, atStripe };
  return { object, providerId, subjectId: booked.id, orderId: booked.orderId, here: booked.entry, atStripe };
}

function namesOf(id: DifferenceId, { object, kind, providerId, subjectId, orderId }: Finding): object {
  return { difference_id: id, object, kind, provider_id: providerId, subject_id: subjectId, order_id: orderId };
}
