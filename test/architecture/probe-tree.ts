import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export const projectRoot = path.resolve(import.meta.dirname, '../..');
const probes = path.join(import.meta.dirname, '.probes');

/** A small tree of the house's own shape, on disk inside the project so that packages resolve from it. */
export class ProbeTree {
  readonly root: string;

  /** @param files source text by path, relative to the root of the tree */
  constructor(files: Readonly<Record<string, string>>) {
    fs.mkdirSync(probes, { recursive: true });
    this.root = fs.mkdtempSync(path.join(probes, 'tree-'));
    fs.copyFileSync(path.join(projectRoot, 'package.json'), path.join(this.root, 'package.json'));
    fs.copyFileSync(path.join(projectRoot, 'tsconfig.json'), path.join(this.root, 'tsconfig.json'));
    for (const [file, source] of Object.entries(files)) {
      const target = path.join(this.root, file);
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.writeFileSync(target, source);
    }
  }

  /** Runs a script of an installed package with this tree as working directory and answers what it printed. */
  run(script: string, ...args: string[]): string {
    const result = spawnSync(process.execPath, [path.join(projectRoot, 'node_modules', script), ...args], {
      cwd: this.root,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      timeout: 60_000,
    });
    if (result.stdout === '') {
      throw new Error(`${script} printed nothing and exited with ${String(result.status)}: ${result.stderr}`);
    }
    return result.stdout;
  }

  remove(): void {
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}
