/** A JSON Schema (https://json-schema.org/draft/2020-12), as far as flat data needs one. */
export interface JsonSchema {
  readonly type: string | readonly string[];
  readonly description: string;
  readonly enum?: readonly (string | null)[];
  readonly format?: string;
  readonly items?: ObjectSchema;
}

export interface ObjectSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly required: readonly string[];
}

/** A member of some data: what it is for a machine, and by its type parameter for the compiler. */
export interface Member<Value = unknown> {
  readonly schema: JsonSchema;
  /** Never set: carries the type alone. */
  readonly value?: Value;
}

/** The members of some data by name, none of them optional: what may be missing is null. */
export type Shape = Readonly<Record<string, Member>>;

/** The data that a shape describes. */
export type DataOf<S extends Shape> = {
  readonly [Name in keyof S]: S[Name] extends Member<infer Value> ? Value : never;
};

export function text(description: string): Member<string> {
  return { schema: { type: 'string', description } };
}

/** RFC 3339 in UTC with milliseconds. */
export function time(description: string): Member<string> {
  return { schema: { type: 'string', format: 'date-time', description } };
}

export function integer(description: string): Member<number> {
  return { schema: { type: 'integer', description } };
}

export function flag(description: string): Member<boolean> {
  return { schema: { type: 'boolean', description } };
}

export function oneOf<Word extends string>(words: readonly Word[], description: string): Member<Word> {
  return { schema: { type: 'string', enum: words, description } };
}

export function listOf<S extends Shape>(shape: S, description: string): Member<readonly DataOf<S>[]> {
  return { schema: { type: 'array', items: schemaOf(shape), description } };
}

export function orNull<Value>({ schema }: Member<Value>): Member<Value | null> {
  const type = [schema.type, 'null'].flat();
  return { schema: { ...schema, type, ...(schema.enum && { enum: [...schema.enum, null] }) } };
}

export function schemaOf(shape: Shape): ObjectSchema {
  const members = Object.entries(shape).map(([name, { schema }]) => [name, schema] as const);
  return { type: 'object', properties: Object.fromEntries(members), required: Object.keys(shape) };
}
