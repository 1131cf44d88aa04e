import type { EventEmitter } from 'node:events';
import { KafkaGroup } from './kafka-group.js';
import { KafkaLog, untilWritten } from './kafka-log.js';
import { type WireReader, WireWriter } from './kafka-wire.js';

/** The requests that are understood (https://kafka.apache.org/protocol#protocol_api_keys), each in one version. */
export const API = {
  produce: { key: 0, version: 3 },
  fetch: { key: 1, version: 4 },
  listOffsets: { key: 2, version: 1 },
  metadata: { key: 3, version: 4 },
  offsetCommit: { key: 8, version: 3 },
  offsetFetch: { key: 9, version: 3 },
  findCoordinator: { key: 10, version: 1 },
  joinGroup: { key: 11, version: 2 },
  heartbeat: { key: 12, version: 1 },
  leaveGroup: { key: 13, version: 1 },
  syncGroup: { key: 14, version: 1 },
  apiVersions: { key: 18, version: 2 },
} as const;
export type ApiName = keyof typeof API;

export interface KafkaState {
  readonly host: string;
  port: number;
  readonly logs: Map<string, KafkaLog>;
  readonly groups: Map<string, KafkaGroup>;
  readonly written: EventEmitter;
}

export interface Request {
  readonly key: number;
  readonly version: number;
  readonly reader: WireReader;
}

type Answer = (state: KafkaState, reader: WireReader, members: Map<string, string>) => WireWriter | Promise<WireWriter>;

const NODE = 1;
const UNSUPPORTED_VERSION = 35;
const ILLEGAL_GENERATION = 22;
/** In ListOffsets: the offset of the oldest record. */
const EARLIEST = -2n;

const logOf = ({ logs, written }: KafkaState, topic: string): KafkaLog => {
  const log = logs.get(topic) ?? new KafkaLog(written);
  logs.set(topic, log);
  return log;
};

const groupOf = ({ groups }: KafkaState, id: string): KafkaGroup => {
  const group = groups.get(id) ?? new KafkaGroup();
  groups.set(id, group);
  return group;
};

/** Topics with what is said of each of their partitions. */
function readTopics<T>(reader: WireReader, each: (topic: string, partition: number) => T): T[] {
  return reader
    .list(() => {
      const topic = reader.text();
      return reader.list(() => each(topic, reader.int32()));
    })
    .flat();
}

function writeTopics<T extends { readonly topic: string; readonly partition: number }>(
  writer: WireWriter,
  parts: readonly T[],
  each: (part: T) => unknown,
): WireWriter {
  return writer.list(parts, (part) =>
    writer.text(part.topic).list([part], () => {
      writer.int32(part.partition);
      each(part);
    }),
  );
}

const apiVersions: Answer = () => {
  const writer = new WireWriter();
  const known = Object.values(API);
  writer.int16(0).list(known, ({ key, version }) => writer.int16(key).int16(version).int16(version));
  return writer.int32(0);
};

const metadata: Answer = (state, reader) => {
  const asked = reader.list(() => reader.text());
  const topics = asked.length > 0 ? asked : [...state.logs.keys()];
  topics.forEach((topic) => logOf(state, topic));
  const writer = new WireWriter().int32(0);
  writer.list([NODE], (node) => writer.int32(node).text(state.host).int32(state.port).nullText());
  writer.text('holdfast-test').int32(NODE);
  return writer.list(topics, (topic) => {
    writer.int16(0).text(topic).int8(0);
    writer.list([0], (partition) => {
      writer.int16(0).int32(partition).int32(NODE);
      writer.list([NODE], (node) => writer.int32(node)).list([NODE], (node) => writer.int32(node));
    });
  });
};

const produce: Answer = (state, reader) => {
  reader.text();
  reader.int16();
  reader.int32();
  const written = readTopics(reader, (topic, partition) => {
    return { topic, partition, offset: logOf(state, topic).append(reader.data()) };
  });
  const writer = new WireWriter();
  return writeTopics(writer, written, ({ offset }) => writer.int16(0).int64(offset).int64(-1n)).int32(0);
};

const fetch: Answer = async (state, reader) => {
  reader.int32();
  const waitMs = reader.int32();
  reader.int32();
  const maxBytes = reader.int32();
  reader.int8();
  const asked = readTopics(reader, (topic, partition) => {
    return { topic, partition, offset: reader.int64(), maxBytes: Math.min(maxBytes, reader.int32()) };
  });
  const isNew = (): boolean => asked.some(({ topic, offset }) => logOf(state, topic).end > offset);
  const end = Date.now() + waitMs;
  while (!isNew() && Date.now() < end) await untilWritten(state.written, end - Date.now());
  const writer = new WireWriter().int32(0);
  return writeTopics(writer, asked, ({ topic, offset, maxBytes: most }) => {
    const log = logOf(state, topic);
    writer.int16(0).int64(log.end).int64(log.end).int32(-1).data(log.read(offset, most));
  });
};

const listOffsets: Answer = (state, reader) => {
  reader.int32();
  const asked = readTopics(reader, (topic, partition) => ({ topic, partition, timestamp: reader.int64() }));
  const writer = new WireWriter();
  return writeTopics(writer, asked, ({ topic, timestamp }) =>
    writer
      .int16(0)
      .int64(-1n)
      .int64(timestamp === EARLIEST ? 0n : logOf(state, topic).end),
  );
};

const findCoordinator: Answer = (state) =>
  new WireWriter().int32(0).int16(0).nullText().int32(NODE).text(state.host).int32(state.port);

const joinGroup: Answer = async (state, reader, members) => {
  const groupId = reader.text();
  reader.int32();
  reader.int32();
  const id = reader.text() || `member-${crypto.randomUUID()}`;
  reader.text();
  const [protocol] = reader.list(() => ({ name: reader.text(), metadata: reader.data() }));
  if (!protocol) throw new Error('a member without a protocol');
  members.set(id, groupId);
  const joined = await groupOf(state, groupId).join(id, protocol.metadata);
  const writer = new WireWriter().int32(0).int16(0).int32(joined.generation).text(protocol.name);
  writer.text(joined.leader).text(id);
  return writer.list(id === joined.leader ? joined.members : [], (member) =>
    writer.text(member.id).data(member.metadata),
  );
};

const syncGroup: Answer = async (state, reader) => {
  const groupId = reader.text();
  reader.int32();
  const id = reader.text();
  const assignments = new Map(reader.list(() => [reader.text(), reader.data()] as const));
  const assignment = await groupOf(state, groupId).sync(id, assignments);
  return new WireWriter().int32(0).int16(0).data(assignment);
};

const heartbeat: Answer = (state, reader) => {
  const groupId = reader.text();
  reader.int32();
  return new WireWriter().int32(0).int16(groupOf(state, groupId).heartbeat(reader.text()));
};

const leaveGroup: Answer = (state, reader, members) => {
  const group = groupOf(state, reader.text());
  const id = reader.text();
  members.delete(id);
  group.leave(id);
  return new WireWriter().int32(0).int16(0);
};

const offsetCommit: Answer = (state, reader) => {
  const group = groupOf(state, reader.text());
  reader.int32();
  const error = group.heartbeat(reader.text()) === 0 ? 0 : ILLEGAL_GENERATION;
  reader.int64();
  const committed = readTopics(reader, (topic, partition) => {
    const offset = reader.int64();
    reader.text();
    if (error === 0) group.offsets.set(topic, offset);
    return { topic, partition };
  });
  const writer = new WireWriter().int32(0);
  return writeTopics(writer, committed, () => writer.int16(error));
};

const offsetFetch: Answer = (state, reader) => {
  const group = groupOf(state, reader.text());
  const asked = readTopics(reader, (topic, partition) => ({ topic, partition }));
  const writer = new WireWriter().int32(0);
  writeTopics(writer, asked, ({ topic }) =>
    writer
      .int64(group.offsets.get(topic) ?? -1n)
      .nullText()
      .int16(0),
  );
  return writer.int16(0);
};

const ANSWERS: Readonly<Record<ApiName, Answer>> = {
  produce,
  fetch,
  listOffsets,
  metadata,
  offsetCommit,
  offsetFetch,
  findCoordinator,
  joinGroup,
  heartbeat,
  leaveGroup,
  syncGroup,
  apiVersions,
};

const NAMES = Object.keys(ANSWERS).filter((name): name is ApiName => name in API);

/** The body of the answer to a request. Throws where it is not understood. */
export async function answerTo(
  state: KafkaState,
  members: Map<string, string>,
  { key, version, reader }: Request,
): Promise<WireWriter> {
  const name = NAMES.find((each) => API[each].key === key);
  if (name === undefined) throw new Error(`request ${key} is not understood`);
  if (name === 'apiVersions' && version > API.apiVersions.version)
    return new WireWriter().int16(UNSUPPORTED_VERSION).int32(0);
  if (version !== API[name].version) throw new Error(`${name} in version ${version} is not understood`);
  return ANSWERS[name](state, reader, members);
}
