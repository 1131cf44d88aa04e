const INT32_MAX = 2 ** 31 - 1;

/**
 * Says of every number in an OpenAPI document that it is an integer, for the API knows no other: money is minor units, the
 * rest are counts. TypeScript has one word for all numbers, and what is read off the classes has it too. Changes the document.
 */
export function withIntegers<Document extends object>(document: Document): Document {
  for (const value of Object.values(document)) {
    if (isObject(value)) withIntegers(value);
  }
  const type: unknown = Reflect.get(document, 'type');
  if (type !== 'number' && type !== 'integer') return document;
  const format = fits32Bits(Reflect.get(document, 'maximum')) ? 'int32' : 'int64';
  return Object.assign(document, { type: 'integer', format });
}

function fits32Bits(maximum: unknown): boolean {
  return typeof maximum === 'number' && maximum <= INT32_MAX;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
