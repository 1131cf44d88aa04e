import { inspect } from 'node:util';
import { type Picture, pictureOf } from './picture.js';
import type { Outcome, World } from './world.js';

export interface Seen {
  readonly answer: string;
  readonly picture: Picture;
}

/** The world that an expected outcome leads to and that is what is seen. Throws where none is. */
export function matching(expected: readonly Outcome[], seen: Seen, after: string): World {
  const different = expected.map(({ answer, world }) => differences({ answer, picture: pictureOf(world) }, seen));
  const found = expected[different.indexOf('')];
  if (found) return found.world;
  throw new Error(`After ${after}\n  ${different.join('\n  or ')}`);
}

/** The members in which two values differ, `path: expected …, not …`. Values may come from another realm than this one. */
function differences(expected: unknown, seen: unknown, path = ''): string {
  if (Object.is(expected, seen)) return '';
  if (!isObject(expected) || !isObject(seen)) return `${path}: expected ${inspect(expected)}, not ${inspect(seen)}`;
  return [...new Set([...Object.keys(expected), ...Object.keys(seen)])]
    .map((key) => differences(Reflect.get(expected, key), Reflect.get(seen, key), `${path}.${key}`))
    .filter((text) => text !== '')
    .join('; ');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
