import { MalformedJson } from './http.errors.js';
import { requireStorable } from './storable.js';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/** Parses a request body. Throws MalformedJson, and ValidationFailed for what no route could store. */
export function parseJson(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  const value = decode(body);
  requireStorable(value);
  return value;
}

function decode(body: Buffer): unknown {
  try {
    return JSON.parse(UTF8.decode(body));
  } catch {
    throw new MalformedJson();
  }
}
