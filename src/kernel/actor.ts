/** Who acts and under which trace. Goes into every audit entry; `id` is a customer, an admin or a `system:…` name. */
export interface Actor {
  readonly id: string;
  readonly traceId: string;
}

/** An actor for work that no person asked for: a job, a webhook, a sweep. */
export function systemActor(name: string, traceId: string): Actor {
  return { id: `system:${name}`, traceId };
}
