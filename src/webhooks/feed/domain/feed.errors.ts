import { domainError } from '../../../kernel/domain-error.js';

export class EventCursorUnknown extends domainError({
  code: 'event_cursor_unknown',
  kind: 'invalid',
  summary:
    'No event of the feed has the id to read after: it never had one, or the event was forgotten after `EVENT_RETENTION_DAYS`, and events after it may be as well. Read the objects themselves, then the feed from its present beginning.',
}) {
  constructor(id: string) {
    super(`There is no event ${id} in the feed, any more or yet.`, { after: id });
  }
}

export class TooManyListeners extends domainError({
  code: 'too_many_listeners',
  kind: 'unavailable',
  summary: 'This process serves as many event streams as it may. Repeat after `Retry-After` seconds.',
}) {
  constructor(limit: number) {
    super(`${limit} event streams are open. Try again later.`, { limit, retry_after_seconds: 5 });
  }
}

export class DeadLetterNotFound extends domainError({
  code: 'dead_letter_not_found',
  kind: 'not_found',
  summary: 'No event with this id was given up.',
}) {
  constructor(id: string) {
    super(`No event ${id} was given up.`, { event_id: id });
  }
}
