import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { transformFile, type Options } from '@swc/core';
import { projectRoot } from '../../tools/process/run-script.js';
import { tellWatchdog } from '../../tools/process/watchdog.js';

export interface ServiceBuild {
  /** Where `dist/main.js` and `dist/worker.js` are. */
  readonly folder: string;
  remove(): void;
}

/** Where the compiler puts each source tree, as `npm run build` does. */
const TREES = [
  ['src', 'dist'],
  ['migrations', 'dist/migrations'],
] as const;

const COMPILER: Options = {
  swcrc: false,
  // Beside the code, as the compiler of the product writes them: within it they would be memory of the process.
  sourceMaps: true,
  module: { type: 'nodenext' },
  jsc: {
    target: 'es2022',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
  },
};

/**
 * Compiles the service as it is now into a temporary folder, in a few tenths of a second. Types are left to the type
 * check; `dist/` is left alone, because another run may be building or serving it.
 */
export async function buildService(): Promise<ServiceBuild> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-build-'));
  tellWatchdog({ temporary: folder });
  for (const [from, to] of TREES) {
    for (const file of sourcesBelow(join(projectRoot, from))) {
      await compile(join(projectRoot, from, file), join(folder, to, file.replace(/\.ts$/, '.js')));
    }
  }
  cpSync(join(projectRoot, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'), 'junction');
  return {
    folder,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
      tellWatchdog({ removed: folder });
    },
  };
}

function sourcesBelow(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.spec.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

async function compile(source: string, target: string): Promise<void> {
  const { code, map } = await transformFile(source, COMPILER);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, `${code}\n//# sourceMappingURL=${basename(target)}.map\n`);
  writeFileSync(`${target}.map`, map ?? '');
}
