import { extname } from 'node:path';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
};

/** The media type of a file of the page. */
export function contentTypeOf(name: string): string {
  return CONTENT_TYPES[extname(name)] ?? 'text/plain; charset=utf-8';
}
