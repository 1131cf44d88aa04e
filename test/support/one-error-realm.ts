// Jest runs tests in a realm of their own, where an error that Node itself made (ENOENT, ECONNREFUSED) is not an instance
// of the realm's `Error`. Production code knows one realm only, so tests must see what it sees.
import { types } from 'node:util';

const instanceOf = Function.prototype[Symbol.hasInstance];

Object.defineProperty(Error, Symbol.hasInstance, {
  value(this: unknown, candidate: unknown): boolean {
    const ordinary = Reflect.apply(instanceOf, this, [candidate]);
    // Subclasses inherit this function; for them nothing changes.
    return this === Error ? ordinary || types.isNativeError(candidate) : ordinary;
  },
});
