import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);

/** The folder that holds package.json. */
export const projectRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Arguments for `node` that run a TypeScript file of this project, given by its path below the project's root. */
export function scriptArguments(file: string): string[] {
  return ['--import', pathToFileURL(require.resolve('tsx')).href, join(projectRoot, file)];
}
