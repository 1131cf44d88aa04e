import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface ServiceInfo {
  readonly name: string;
  readonly version: string;
}

// src/platform/observability and dist/platform/observability lie equally deep.
const packageFile = fileURLToPath(new URL('../../../package.json', import.meta.url));

/** Name and version as package.json has them. */
export function serviceInfo(): ServiceInfo {
  const { name, version }: ServiceInfo = JSON.parse(readFileSync(packageFile, 'utf8'));
  return { name, version };
}
