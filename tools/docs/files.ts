import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { projectRoot } from '../process/run-script.js';

/** Paths below the project's root with forward slashes, in order, of the files under `folder` whose name ends in `ending`. */
export function filesUnder(folder: string, ending: string): string[] {
  return readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(projectRoot, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => !file.includes('/.'))
    .sort();
}
