import type { IncomingMessage } from 'node:http';
import { looksLikeCardNumber } from '../../../platform/http/index.js';

const EXCERPT_BYTES = 1_024;
/** What is read and thrown away so that the connection can be used again; whoever sends more loses it. */
const MOST_BYTES = 65_536;
/** The status is what counts. A body that comes in drops is not waited for. */
const BODY_LIMIT_MS = 2_000;

/** The first characters of an answer's body, as much of it as came in good time. Never fails. */
export function readExcerpt(response: IncomingMessage): Promise<string> {
  const head: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      if (!response.complete) response.destroy();
      resolve(storable(Buffer.concat(head).subarray(0, EXCERPT_BYTES)));
    };
    const timer = setTimeout(end, BODY_LIMIT_MS);
    response.on('data', (chunk: Buffer) => {
      if (bytes < EXCERPT_BYTES) head.push(chunk);
      bytes += chunk.length;
      if (bytes > MOST_BYTES) end();
    });
    response.once('end', end);
    response.once('close', end);
    // The connection broke, or the time for the whole exchange is over.
    response.on('error', end);
  });
}

/** Text that PostgreSQL can hold, without what must reach no table. */
function storable(bytes: Buffer): string {
  const text = bytes.toString('utf8').replaceAll(/[^\P{Cc}\n\t]/gu, '\uFFFD');
  return looksLikeCardNumber(text) ? '[redacted]' : text;
}
