/** An event that was published, as it is sent. */
export interface OutgoingEvent {
  readonly id: string;
  readonly type: string;
  /** Events of one lane are received in the order of their versions. */
  readonly lane: string;
  readonly version: number;
  /** JSON text, sent byte for byte as it is here. */
  readonly body: string;
}

/** What happens to a stock level happens all day long: in one line, a slow receiver would never catch up with it. */
const UNORDERED = /^stock\./;

/** The lane of an event: its subject, or a lane of its own. The version in it tells which of two is the later one. */
export function laneOf(event: { readonly id: string; readonly type: string; readonly aggregateId: string }): string {
  return UNORDERED.test(event.type) ? event.id : event.aggregateId;
}
