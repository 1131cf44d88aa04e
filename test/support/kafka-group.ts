interface Member {
  metadata: Buffer;
  /** Answers the join that it waits in; undefined while it waits in none. */
  join: ((joined: Joined) => void) | undefined;
  sync: ((assignment: Buffer) => void) | undefined;
}

export interface Joined {
  readonly generation: number;
  readonly leader: string;
  readonly members: readonly { readonly id: string; readonly metadata: Buffer }[];
}

const REBALANCE_IN_PROGRESS = 27;
const UNKNOWN_MEMBER_ID = 25;

/**
 * A consumer group (https://kafka.apache.org/protocol#The_Messages_JoinGroup and SyncGroup). A member whose connection ends is
 * gone at once; Kafka itself would wait for the end of its session.
 */
export class KafkaGroup {
  readonly offsets = new Map<string, bigint>();
  private readonly members = new Map<string, Member>();
  private generation = 0;
  private stable = false;

  /** Resolves once every member of the group has joined. */
  join(id: string, metadata: Buffer): Promise<Joined> {
    this.stable = false;
    return new Promise((resolve) => {
      this.members.set(id, { metadata, join: resolve, sync: undefined });
      this.formIfComplete();
    });
  }

  /** The leader, who is the first member, brings the assignments of all; resolves with the member's own. */
  sync(id: string, assignments: ReadonlyMap<string, Buffer>): Promise<Buffer> {
    const waiting = new Promise<Buffer>((resolve) => {
      const member = this.members.get(id);
      if (member) member.sync = resolve;
    });
    if (assignments.size > 0) {
      this.stable = true;
      for (const [memberId, assignment] of assignments) this.assigned.set(memberId, assignment);
    }
    this.answerSyncs();
    return waiting;
  }

  heartbeat(id: string): number {
    if (!this.members.has(id)) return UNKNOWN_MEMBER_ID;
    return this.stable ? 0 : REBALANCE_IN_PROGRESS;
  }

  leave(id: string): void {
    if (!this.members.delete(id)) return;
    this.stable = false;
    this.formIfComplete();
  }

  private readonly assigned = new Map<string, Buffer>();

  private formIfComplete(): void {
    const joined = [...this.members.entries()];
    const [leader] = joined;
    if (!leader || joined.some(([, member]) => member.join === undefined)) return;
    this.generation += 1;
    this.assigned.clear();
    const members = joined.map(([id, { metadata }]) => ({ id, metadata }));
    for (const [, member] of joined) {
      member.join?.({ generation: this.generation, leader: leader[0], members });
      member.join = undefined;
    }
  }

  private answerSyncs(): void {
    if (!this.stable) return;
    for (const [id, member] of this.members) {
      member.sync?.(this.assigned.get(id) ?? Buffer.alloc(0));
      member.sync = undefined;
    }
  }
}
