import type { EventFamily } from '../../src/kernel/domain-event.js';
import { type JsonSchema, schemaOf } from '../../src/kernel/shape.js';
import { cloudEvent } from '../../src/platform/outbox/cloud-event.js';
import { EVENT_FAMILIES } from '../../src/webhooks/outbound/event-table.js';
import { code, generatedNotice, table } from './markdown.js';

const INTRODUCTION = `Everything that happens is told as an event, written in the transaction of what it tells: an event exists exactly when its change does. Read them from the feed, \`GET /v1/admin/events?after=<id of the last one>&type=<filter>\`, or as a stream of server-sent events, \`GET /v1/admin/events/stream\` (see [operations](operations.md)), or have them [sent to you](webhooks-out.md). A filter is a type, a family such as \`order.*\`, or \`*\`; several are separated by commas.`;

const PROMISES = [
  '**At least once.** An event may come twice, and never gets lost. `id` is the same every time: drop what you have seen.',
  '**In order for each subject.** `sequence` counts the events of a `subject` from 1 without a gap. Across subjects there is no order to rely on, and webhooks about stock (`stock.*`) come as fast as they can, whatever their order: the later `sequence` is how it stands.',
  '**The whole state.** An event tells how things stand after the change. Whoever hears of a later `sequence` may leave out an earlier one.',
  '**Members are only ever added.** Ignore what you do not know, types of events included.',
];

/** Envelope attributes and what they hold. */
const ENVELOPE: readonly (readonly [string, string])[] = [
  ['specversion', '`1.0`'],
  ['id', 'Unique for each event, `evt_…`; the same in every repetition.'],
  ['source', 'Who tells it: `EVENT_SOURCE`.'],
  ['type', 'What happened.'],
  ['subject', 'To what: the id of the order, refund, reservation or product.'],
  ['time', 'When it happened, RFC 3339 in UTC.'],
  ['datacontenttype', '`application/json`'],
  ['sequence', 'Place among the events of the subject, with leading zeros so that it can be ordered as text.'],
  ['partitionkey', 'The same as `subject`: events of one key stay in order.'],
  ['traceid', 'The trace of the request that caused it, the one in `X-Trace-ID`.'],
  ['traceparent', 'The same for W3C Trace Context, where the trace has that form.'],
  ['data', 'See below. Amounts are integers in minor units.'],
];

const EXAMPLE_ENVELOPE = {
  id: 'evt_01kaf5d3m0e9wtsz1v5b7x2y4q',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  createdAt: new Date('2026-11-20T12:00:00.000Z'),
};

/** docs/events.md: every event, what it means, its data, and an example. */
export function eventsPage(families: readonly EventFamily[] = EVENT_FAMILIES): string {
  return [
    generatedNotice('the `*.events.ts` files of the rooms'),
    '# Events',
    INTRODUCTION,
    PROMISES.map((promise) => `- ${promise}`).join('\n'),
    '## Envelope',
    'An event is a [CloudEvent](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md) in the JSON format.',
    table(
      ['Attribute', 'What it holds'],
      ENVELOPE.map(([name, meaning]) => [code(name), meaning]),
    ),
    '## Types',
    table(['Type', 'Subject', 'When'], families.flatMap(rowsOf)),
    ...families.flatMap(sectionOf),
  ].join('\n\n');
}

function rowsOf({ subject, kinds }: EventFamily): string[][] {
  return Object.entries(kinds).map(([type, { summary }]) => [code(type), subject, summary]);
}

function sectionOf({ subject, shape, example, kinds }: EventFamily): string[] {
  const { properties } = schemaOf(shape);
  const types = Object.keys(kinds);
  return [
    types.length === 1 ? `## ${types.map(code).join()}` : `## Events about ${subject}`,
    table(
      ['Member', 'Type', 'What it holds'],
      Object.entries(properties).flatMap(([name, schema]) => memberRows(name, schema)),
    ),
    ...Object.entries(kinds).flatMap(([type, kind]) => [
      ...(types.length === 1 ? [] : [`### ${code(type)}`]),
      kind.summary,
      ['```json', JSON.stringify(exampleOf(type, { ...example, ...kind.example }), null, 2), '```'].join('\n'),
    ]),
  ];
}

function memberRows(name: string, schema: JsonSchema): string[][] {
  const inner = Object.entries(schema.items?.properties ?? {});
  return [
    [code(name), typeOf(schema), schema.description],
    ...inner.flatMap(([member, each]) => memberRows(`${name}[].${member}`, each)),
  ];
}

function typeOf({ type, format, enum: words }: JsonSchema): string {
  if (words) return words.map((word) => code(String(word))).join(' ');
  const names = [type].flat().join(' or ');
  return format === undefined ? names : `${names}, ${format}`;
}

function exampleOf(type: string, data: Readonly<Record<string, unknown>>): object {
  const subject = Object.values(data).find(
    (value) => typeof value === 'string' && /^(?:ord|ref|rsv|prod)_/.test(value),
  );
  const payload = JSON.stringify({ ...data, type });
  const version = Number(data['version']);
  return cloudEvent({ ...EXAMPLE_ENVELOPE, type, version, payload, aggregateId: String(subject) }, '/holdfast');
}
