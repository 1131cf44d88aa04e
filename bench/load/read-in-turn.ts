import { Connection } from './connection.js';

/** Reads of one server; `request` answers another one each time. */
export interface Reader {
  readonly port: number;
  readonly request: (name: string, turn: number) => { readonly path: string; readonly authorization: string };
}

export interface ReadLimits {
  /** How often each is sent. */
  readonly turns: number;
  /** What all requests of one name may take at one server; the rest is left out, and never the first twenty. */
  readonly msEach: number;
}

const LEAST_TURNS = 20;

/**
 * Sends each read to each server in turn, one at a time, so that what the machine does beside hits all of them. Answers the
 * milliseconds of each name, server by server. Throws where an answer is not 200.
 */
export async function readInTurn(
  readers: readonly Reader[],
  names: readonly string[],
  { turns, msEach }: ReadLimits,
): Promise<ReadonlyMap<string, readonly (readonly number[])[]>> {
  const times = new Map(names.map((name) => [name, readers.map((): number[] => [])]));
  const connections = await Promise.all(readers.map(({ port }) => Connection.open(port)));
  try {
    for (const { turn, name, place } of everyRead(turns, names, readers.length)) {
      const [list, connection, reader] = [times.get(name)?.[place], connections[place], readers[place]];
      if (!list || !connection || !reader || isEnough(list, msEach)) continue;
      list.push(await timed(connection, reader.request(name, turn)));
    }
  } finally {
    for (const connection of connections) connection.close();
  }
  return times;
}

function everyRead(turns: number, names: readonly string[], readers: number) {
  const places = Array.from({ length: readers }, (_, place) => place);
  return Array.from({ length: turns }, (_, turn) => turn).flatMap((turn) =>
    names.flatMap((name) => places.map((place) => ({ turn, name, place }))),
  );
}

function isEnough(list: readonly number[], msEach: number): boolean {
  return list.length >= LEAST_TURNS && list.reduce((sum, ms) => sum + ms, 0) > msEach;
}

async function timed(connection: Connection, { path, authorization }: ReturnType<Reader['request']>): Promise<number> {
  const begun = performance.now();
  const { status, body } = await connection.send('GET', path, authorization, '');
  const took = performance.now() - begun;
  if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${body.slice(0, 300)}`);
  return took;
}
