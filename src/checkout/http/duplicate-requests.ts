import { Injectable, Logger } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { Answer } from '../../platform/idempotency/index.js';

/** A repeated order request is worth a line: many of them mean a client that does not hear our answers. */
@Injectable()
export class DuplicateRequests {
  private readonly logger = new Logger(DuplicateRequests.name);

  noted(actor: Actor, answer: Answer): Answer {
    if (answer.replayed) {
      const facts = { order_id: answer.subjectId, actor_id: actor.id, trace_id: actor.traceId };
      this.logger.log({ msg: 'duplicate_order_request', ...facts });
    }
    return answer;
  }
}
