import { type JsonSchema, type ObjectSchema, schemaOf } from '../../src/kernel/shape.js';
import { EVENT_FAMILIES } from '../../src/webhooks/outbound/event-table.js';

export interface OutboxRow {
  readonly id: string;
  readonly aggregate_id: string;
  readonly version: number;
  readonly type: string;
  readonly payload: string;
  readonly trace_id: string;
  readonly status: string;
  readonly position: number | null;
}

/** What an event's data lacks, has too much of, or has in another form than the table of events says. */
export function eventFaults(type: string, data: unknown): string[] {
  const family = EVENT_FAMILIES.find(({ kinds }) => Object.hasOwn(kinds, type));
  if (!family) return [`${type} is not in the table`];
  const named = typeof data === 'object' && data !== null && Reflect.get(data, 'type') === type;
  return [...(named ? [] : [`data.type is not ${type}`]), ...objectFaults(schemaOf(family.shape), data, type)];
}

function objectFaults({ properties }: ObjectSchema, value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [`${path} is no object`];
  const members: Record<string, unknown> = { ...value };
  const unknown = Object.keys(members).filter((name) => !Object.hasOwn(properties, name));
  return [
    ...unknown.map((name) => `${path}.${name} is not in the table`),
    ...Object.entries(properties).flatMap(([name, schema]) => faultsOf(schema, members[name], `${path}.${name}`)),
  ];
}

function faultsOf(schema: JsonSchema, value: unknown, path: string): string[] {
  const types = [schema.type].flat();
  if (!types.includes(typeName(value))) return [`${path} is ${JSON.stringify(value)}, not ${types.join(' or ')}`];
  const { items, format, enum: words } = schema;
  if (words && !words.some((word) => word === value)) return [`${path} is ${JSON.stringify(value)}`];
  if (format === 'date-time' && new Date(String(value)).toISOString() !== value) return [`${path} is no time`];
  if (!Array.isArray(value) || !items) return [];
  return value.flatMap((each: unknown, place) => objectFaults(items, each, `${path}[${place}]`));
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isSafeInteger(value) ? 'integer' : typeof value;
}
