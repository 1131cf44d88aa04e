import { Injectable, type PipeTransform } from '@nestjs/common';
import type { DomainError } from '../../kernel/domain-error.js';
import { type Id, isId } from '../../kernel/id.js';

/** Passes an id of the right form. Any other text cannot name anything, so it is answered like an unknown id. */
@Injectable()
export class IdPipe<Prefix extends string> implements PipeTransform<string, Id<Prefix>> {
  constructor(
    private readonly prefix: Prefix,
    private readonly notFound: (id: string) => DomainError,
  ) {}

  transform(text: string): Id<Prefix> {
    if (isId(this.prefix, text)) return text;
    throw this.notFound(text.slice(0, 64));
  }
}
