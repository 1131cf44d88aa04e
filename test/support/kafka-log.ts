import { once, type EventEmitter } from 'node:events';

/** Places in the header of a record batch, https://kafka.apache.org/documentation/#recordbatch. */
const MAGIC_AT = 16;
const LAST_OFFSET_DELTA_AT = 23;
const HEADER_BYTES = 61;

interface Batch {
  readonly first: bigint;
  readonly last: bigint;
  readonly bytes: Buffer;
}

/** The one partition of a topic, in memory. */
export class KafkaLog {
  private readonly batches: Batch[] = [];

  constructor(private readonly written: EventEmitter) {}

  /** The offset that the next record gets. */
  get end(): bigint {
    return (this.batches.at(-1)?.last ?? -1n) + 1n;
  }

  /** Takes a batch as the producer packed it, gives it its offsets, and answers the first. */
  append(bytes: Buffer): bigint {
    if (bytes.length < HEADER_BYTES || bytes.readInt8(MAGIC_AT) !== 2)
      throw new Error('not a record batch of version 2');
    const first = this.end;
    const kept = Buffer.from(bytes);
    kept.writeBigInt64BE(first);
    this.batches.push({ first, last: first + BigInt(kept.readInt32BE(LAST_OFFSET_DELTA_AT)), bytes: kept });
    this.written.emit('written');
    return first;
  }

  /** Whole batches from the one that holds this offset on; clients skip what they did not ask for. */
  read(offset: bigint, maxBytes: number): Buffer {
    const found: Buffer[] = [];
    let size = 0;
    for (const batch of this.batches) {
      if (batch.last < offset) continue;
      if (found.length > 0 && size + batch.bytes.length > maxBytes) break;
      found.push(batch.bytes);
      size += batch.bytes.length;
    }
    return Buffer.concat(found);
  }
}

/** Resolves when something was written to any log, or after so many milliseconds. */
export async function untilWritten(written: EventEmitter, withinMs: number): Promise<void> {
  await once(written, 'written', { signal: AbortSignal.timeout(Math.max(1, withinMs)) }).catch(() => undefined);
}
