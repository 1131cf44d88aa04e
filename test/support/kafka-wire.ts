/** Reads the primitive types of Kafka's protocol (https://kafka.apache.org/protocol#protocol_types), big-endian. */
export class WireReader {
  private place = 0;

  constructor(private readonly bytes: Buffer) {}

  int8(): number {
    return this.bytes.readInt8(this.advance(1));
  }

  int16(): number {
    return this.bytes.readInt16BE(this.advance(2));
  }

  int32(): number {
    return this.bytes.readInt32BE(this.advance(4));
  }

  int64(): bigint {
    return this.bytes.readBigInt64BE(this.advance(8));
  }

  /** A length of -1 is a null, read as an empty text. */
  text(): string {
    const length = Math.max(0, this.int16());
    const start = this.advance(length);
    return this.bytes.toString('utf8', start, start + length);
  }

  data(): Buffer {
    const length = Math.max(0, this.int32());
    const start = this.advance(length);
    return this.bytes.subarray(start, start + length);
  }

  /** A length of -1 is a null, read as an empty list. */
  list<T>(each: () => T): T[] {
    return Array.from({ length: Math.max(0, this.int32()) }, each);
  }

  private advance(length: number): number {
    const start = this.place;
    this.place += length;
    if (this.place > this.bytes.length) throw new RangeError('the request ends too early');
    return start;
  }
}

/** Writes the same. */
export class WireWriter {
  private readonly parts: Buffer[] = [];

  get bytes(): Buffer {
    return Buffer.concat(this.parts);
  }

  int8(value: number): this {
    return this.add(1, (part) => part.writeInt8(value));
  }

  int16(value: number): this {
    return this.add(2, (part) => part.writeInt16BE(value));
  }

  int32(value: number): this {
    return this.add(4, (part) => part.writeInt32BE(value));
  }

  int64(value: bigint): this {
    return this.add(8, (part) => part.writeBigInt64BE(value));
  }

  text(value: string): this {
    const bytes = Buffer.from(value);
    this.int16(bytes.length).parts.push(bytes);
    return this;
  }

  nullText(): this {
    return this.int16(-1);
  }

  data(value: Buffer): this {
    this.int32(value.length).parts.push(value);
    return this;
  }

  list<T>(values: readonly T[], each: (value: T) => unknown): this {
    this.int32(values.length);
    values.forEach(each);
    return this;
  }

  private add(length: number, write: (part: Buffer) => unknown): this {
    const part = Buffer.alloc(length);
    write(part);
    this.parts.push(part);
    return this;
  }
}
