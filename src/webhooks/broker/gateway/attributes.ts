import type { KafkaMessage } from '../../../platform/kafka/index.js';

const HEADER_PREFIX = 'ce_';

/**
 * The attributes and the data of an event, unchecked, from any of the forms that it may come in. With `ce_` headers it is
 * CloudEvents' binary mode, with `specversion` in the value the structured one; both are described at
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md. A plain object is taken as
 * an event that says its `type` by itself, its data in `data` or beside it; the place and time in the topic stand in for an
 * `id`, `source` and `time` that it lacks.
 *
 * @throws SyntaxError where the text is no JSON
 */
export function attributesOf(message: KafkaMessage, text: string, now: Date): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text);
  const attributes = [...message.headers].filter(([name]) => name.startsWith(HEADER_PREFIX));
  if (attributes.length > 0) {
    const named = attributes.map(([name, each]) => [name.slice(HEADER_PREFIX.length), each] as const);
    return { ...Object.fromEntries(named), data: value };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SyntaxError('not an object');
  return 'specversion' in value ? { ...value } : plain(message, { ...value }, now);
}

function plain(
  { topic, partition, offset, timestamp }: KafkaMessage,
  value: Readonly<Record<string, unknown>>,
  now: Date,
): Readonly<Record<string, unknown>> {
  const { id, source, type, time, data } = value;
  // Old producers give no time, which reads as a second before 1970.
  const written = timestamp.getTime() > 0 ? timestamp : now;
  return {
    id: id ?? `${partition}/${offset}@${timestamp.getTime()}`,
    source: source ?? topic,
    type,
    time: time ?? written.toISOString(),
    data: data ?? value,
  };
}
