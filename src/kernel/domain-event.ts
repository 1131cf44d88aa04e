/** Something that happened to one aggregate. `version` counts the aggregate's changes and orders its events. */
export interface DomainEvent {
  readonly type: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly data: Readonly<Record<string, unknown>>;
}
