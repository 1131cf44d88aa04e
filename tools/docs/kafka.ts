import { z } from 'zod';
import {
  DEAD_LETTER_TOPIC,
  ORDER_EVENTS_TOPIC,
  PAYMENT_EVENTS_TOPIC,
} from '../../src/webhooks/broker/domain/topics.js';
import { REPORT_DATA } from '../../src/webhooks/inbound/use-cases/payment-report.js';
import { code, generatedNotice, table } from './markdown.js';

const INTRODUCTION = `With \`KAFKA_BOOTSTRAP\` set, the worker sends [events](events.md) to a broker that speaks the protocol of Kafka, and hears from it what became of payments. Without it nothing of this is loaded. [Operations](operations.md#kafka) says how to set it up and who has to be trusted.`;

const TOPICS: readonly (readonly string[])[] = [
  [
    code(ORDER_EVENTS_TOPIC),
    'out',
    'the order',
    'All events about orders, their payments, disputes and refunds. A refund of a payment that never found an order: keyed by the refund.',
  ],
  [
    '`KAFKA_STOCK_TOPIC`, if set',
    'out',
    'the product or the reservation',
    '`stock.*` and `reservation.*`. Far more of them than of the others, which is why they have a way of their own.',
  ],
  [code(PAYMENT_EVENTS_TOPIC), 'in', 'any; best the order', 'What became of payments, see below.'],
  [code(DEAD_LETTER_TOPIC), 'out', 'the event', 'Copies of what came in and could not be worked on.'],
];

const OUT = [
  `Messages are in the [binary content mode](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md) of CloudEvents: the value is the \`data\` of the event, which begin with its \`type\`; the attributes are headers, \`ce_id\`, \`ce_type\`, \`ce_subject\`, \`ce_sequence\` and so on, and \`content-type\`. They are acknowledged by all in-sync replicas.`,
  'A message comes once at least. Messages of one key keep their order: what comes first of each event comes in the order of its `sequence`; a repetition may come later. Drop by `ce_id` what you have seen, or by `ce_subject` and `ce_sequence` what is older than what you know.',
];

const IN = [
  'A message is an event in the binary or in the structured mode of CloudEvents. `specversion` (`1.0`), `id`, `source`, `type` and `time` are required. `source` and `id` together name an event: a second one of that name is not worked on. `time` says when it happened, and decides between two events about one payment; it may lie 5 minutes ahead at most.',
  'A plain JSON object with a `type`, its data in `data` or beside it, is taken as well. `source`, `id` and `time` are then the topic, the place in it and the time of the message, unless it has members of these names. Such a message cannot be recognised when it is sent twice; what it says of one payment counts once all the same.',
  'Events of other types are stored and left alone. Members that are not listed are ignored.',
];

const EXAMPLE = {
  specversion: '1.0',
  id: '5f0c7b0e-8f6c-4c55-9c43-1f6a3f2f9f11',
  source: '/payments',
  type: 'payment.succeeded',
  time: '2026-11-20T12:00:00Z',
  data: {
    order_id: 'ord_01kaf5d3m0e9wtsz1v5b7x2y4q',
    payment_transaction_id: 'transfer-2026-4711',
    amount_cents: 5_649,
    currency: 'usd',
  },
};

const MEANING = [
  '**An order with provider `stripe`** has one intent, and an event about it counts like a webhook of Stripe: it goes through the same code, whichever of the two comes first. Money that was taken in any other way is not known there, and the event waits.',
  '**A `manual` order** is paid outside of Stripe, and the event is how we hear of it. The payment is written down, its stock is sold, the order is paid and its parcel ready, as if Stripe had said so. Whoever wrote the same `payment_transaction_id` down by hand has told us already.',
  '**`payment.failed`** makes a waiting order `payment_failed`: its stock is free again and the cart is given back. A later success takes the stock anew; where it is gone, the money goes back.',
  '**Another amount or currency**, money for an order that is paid already, or for a `manual` one a success that is older than a failure of the same payment: `payment_status` becomes `review`, and a person decides.',
  '**Money for a cancelled order** goes back. What was taken outside has to be handed back outside: the refund says so, and counts as done.',
  '**An order or a payment that is not known yet**: the event is deferred, tried again after a second and then after longer and longer pauses for three days, then parked.',
];

const POISON = `An event that cannot be read, names a payment of another order, or fails again and again is parked: it is listed by \`GET /v1/admin/webhook-events?provider=broker&status=parked\` with \`last_error\`, may be replayed there, and is copied to \`${DEAD_LETTER_TOPIC}\` with the headers \`reason\`, \`attempts\`, \`event_type\`, \`webhook_event_id\`, \`origin_topic\`, \`origin_partition\` and \`origin_offset\`. What stands behind it in the topic never waits for it. A copy has no card numbers and 10 000 characters at most of what could not be read; the original lies where the headers say.`;

/** docs/kafka.md: topics, messages out, and messages in with their data. */
export function kafkaPage(): string {
  return [
    generatedNotice('tools/docs/kafka.ts and src/webhooks'),
    '# Kafka',
    INTRODUCTION,
    table(['Topic', 'Way', 'Key', 'What it holds'], TOPICS),
    '## Events out',
    ...OUT,
    '## Events in',
    ...IN,
    ...Object.entries(REPORT_DATA).flatMap(([type, schema]) => [`### ${code(type)}`, membersOf(schema)]),
    '### An example',
    ['```json', JSON.stringify(EXAMPLE, null, 2), '```'].join('\n'),
    '### What it does',
    MEANING.map((line) => `- ${line}`).join('\n'),
    '### What cannot be worked on',
    POISON,
  ].join('\n\n');
}

function membersOf(schema: z.ZodType): string {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const rows = Object.entries(properties).map(([name, property]) => {
    const { type, anyOf = [], description = '' } = typeof property === 'boolean' ? {} : property;
    const types = [type ?? anyOf.map((each) => (typeof each === 'boolean' ? [] : (each.type ?? [])))].flat(2);
    return [code(name), types.join(' or '), required.includes(name) ? 'yes' : 'no', description];
  });
  return table(['Member of `data`', 'Type', 'Required', 'What it holds'], rows);
}
