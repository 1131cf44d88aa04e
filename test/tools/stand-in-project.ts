import { spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { isSameProcess } from '../../tools/process/identity.js';
import { eventually } from '../support/poll.js';

const root = resolve(__dirname, '../..');

// Just enough of an application for the starter to have something to start: the tests are about the starter alone.
const api = `
import { createServer } from 'node:http';
const products = ['prod_a', 'prod_b'].map((id) => ({ id, currency: 'usd', available_quantity: 9 }));
const server = createServer((request, response) => {
  if (request.url === '/die') process.exit(3);
  response.end(JSON.stringify({ products }));
});
server.listen(Number(process.env.PORT), process.env.HOST);
console.log(JSON.stringify({ level: 30, msg: 'api is up' }));
process.on('SIGTERM', () => { console.error('api stops'); process.exit(0); });
process.on('SIGINT', () => console.error('api was interrupted'));
`;
const worker = `
setInterval(() => undefined, 1000);
process.on('SIGTERM', () => { console.error('worker stops'); process.exit(0); });
console.log(JSON.stringify({ level: 30, msg: 'worker is up' }));
`;
const migrate = `
import pg from 'pg';
const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
await client.query('CREATE TABLE IF NOT EXISTS starts (id serial)');
await client.query('INSERT INTO starts DEFAULT VALUES');
console.log('start number ' + (await client.query('SELECT count(*)::int AS n FROM starts')).rows[0].n);
await client.end();
`;
const sandbox = `
import { createServer } from 'node:http';
const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) console.log('Stripe sandbox http://127.0.0.1:' + address.port);
});
process.on('SIGTERM', () => { console.error('sandbox stops'); process.exit(0); });
`;

const processSchema = z.object({ name: z.string().optional(), pid: z.int(), mark: z.string() });
const runSchema = z.object({ children: z.array(processSchema), watchdog: processSchema });
export type Run = z.infer<typeof runSchema>;

export interface StartedProject {
  readonly process: ChildProcess;
  /** Everything printed so far. */
  readonly output: () => string;
  /** Waits for the closing line of the banner. */
  ready(): Promise<void>;
  /** Resolves with the exit code, null after a signal. */
  readonly exited: Promise<number | null>;
}

/** A project with this one's tools and a stand-in for the application, in a temporary folder. */
export class StandInProject {
  readonly folder = mkdtempSync(join(tmpdir(), 'holdfast-start-'));
  readonly dataDir = join(this.folder, 'data');
  private readonly started: StartedProject[] = [];

  constructor() {
    chmodSync(this.folder, 0o711);
    for (const copied of ['tools', join('src', 'platform', 'config')]) {
      cpSync(join(root, copied), join(this.folder, copied), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'));
    this.write('package.json', JSON.stringify({ type: 'module', scripts: { build: 'cp -r stand-in dist' } }));
    this.write('stand-in/main.js', api);
    this.write('stand-in/worker.js', worker);
    this.write('stand-in/migrate.js', migrate);
    this.write('stand-in/seed.js', '');
    this.write('sandbox/main.ts', sandbox);
  }

  write(file: string, text: string): void {
    mkdirSync(join(this.folder, file, '..'), { recursive: true });
    writeFileSync(join(this.folder, file), text);
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  has(file: string): boolean {
    return existsSync(join(this.folder, file));
  }

  start(environment: Readonly<Record<string, string>>): StartedProject {
    const { PATH, HOME, TMPDIR } = process.env;
    const child = spawn(process.execPath, ['--import', 'tsx', 'tools/start.ts'], {
      cwd: this.folder,
      env: { PATH, HOME, TMPDIR, HOLDFAST_FORCE_JS_REDIS: '1', DATA_DIR: 'data', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const workersBefore = this.workersSeen();
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const started: StartedProject = {
      process: child,
      output: () => output,
      ready: () =>
        eventually(
          () => {
            expect(output).toContain('Ctrl-C stops everything.');
            // The banner does not wait for the worker, which can be told to stop only once it listens to signals.
            expect(this.workersSeen()).toBe(workersBefore + 1);
          },
          { withinMs: 45_000 },
        ),
      exited: new Promise((resolveExit) => child.once('close', resolveExit)),
    };
    this.started.push(started);
    return started;
  }

  /** How often a worker has come up in this project. */
  private workersSeen(): number {
    const log = 'data/logs/worker.log';
    return this.has(log) ? this.read(log).split('worker is up').length - 1 : 0;
  }

  /** What the running start has written down about its processes. */
  run(): Run {
    return runSchema.parse(JSON.parse(this.read('data/run.json')));
  }

  /** Waits until none of the processes of `run` is left, its watchdog included. */
  async nothingLeftOf({ children, watchdog }: Run): Promise<void> {
    await eventually(
      () => {
        const left = [...children, { name: 'watchdog', ...watchdog }].filter(({ pid, mark }) =>
          isSameProcess(pid, mark),
        );
        expect(left.map(({ name }) => name)).toEqual([]);
      },
      { withinMs: 10_000 },
    );
  }

  async remove(): Promise<void> {
    for (const { process: child, exited } of this.started) {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await exited;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
