import type { DataOf, Shape } from './shape.js';

/**
 * Something that happened to one aggregate. `version` counts the aggregate's events from 1 without a gap, and orders them.
 * `data` begins with `type`, so that it says what it is wherever it lies without its envelope.
 */
export interface DomainEvent<Type extends string = string> {
  readonly type: Type;
  readonly aggregateId: string;
  readonly version: number;
  readonly data: Readonly<Record<string, unknown>> & { readonly type: Type };
}

export interface EventKind<S extends Shape> {
  /** When it happens and what a receiver may take from it, in a sentence. */
  readonly summary: string;
  /** What differs from the example of its family. */
  readonly example: Partial<DataOf<S>>;
}

/** Kinds of events that tell about one sort of thing with the same data. */
export interface EventFamily<Type extends string = string, S extends Shape = Shape> {
  /** What the `subject` of such an event is. */
  readonly subject: string;
  readonly shape: S;
  readonly example: DataOf<S>;
  readonly kinds: Readonly<Record<Type, EventKind<S>>>;
}

/** Holds the parts of a family to each other: the types of its kinds, its data, and examples that fit. */
export function eventFamily<Type extends string, S extends Shape>(family: EventFamily<Type, S>): EventFamily<Type, S> {
  return family;
}
