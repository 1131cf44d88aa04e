import { accessSync, closeSync, constants, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { describeExit, startChild, type Child } from '../process/child.js';
import { tellWatchdog } from '../process/watchdog.js';
import { startJsRedis } from './js-redis.js';
import { pollUntil } from './poll.js';
import { freePort } from './ports.js';
import { outsideService, processMembers, stopOrder, type Service } from './service.js';

export interface RedisOptions {
  /** Data folder, kept, with an append-only file; absent: nothing is kept. js-redis-server keeps nothing either way. */
  readonly dir?: string;
  /** Absent: a free one. */
  readonly port?: number;
  /** Where the server writes its log; absent: beside the data. */
  readonly logFile?: string;
}

const START_LIMIT_MS = 60_000;
const nativeServers = ['redis-server', 'valkey-server'] as const;

/**
 * Redis on the loopback interface: the one in REDIS_URL, otherwise redis-server or valkey-server from PATH, otherwise
 * js-redis-server in memory (HOLDFAST_FORCE_JS_REDIS=1 skips what is on PATH).
 *
 * @throws Error with a message for people when none of them starts.
 */
export async function startRedis(options: RedisOptions = {}): Promise<Service> {
  if (process.env.REDIS_URL) return outsideService(process.env.REDIS_URL);
  const native = process.env.HOLDFAST_FORCE_JS_REDIS === '1' ? undefined : findNativeServer();
  return native ? startNative(native, options) : startJsRedis(options.port ?? 0);
}

interface NativeServer {
  readonly kind: (typeof nativeServers)[number];
  readonly path: string;
}

function findNativeServer(): NativeServer | undefined {
  for (const kind of nativeServers) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      const path = join(folder, kind);
      if (folder !== '' && isExecutable(path)) return { kind, path };
    }
  }
  return undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function startNative(server: NativeServer, options: RedisOptions): Promise<Service> {
  const home = options.dir === undefined ? mkdtempSync(join(tmpdir(), 'holdfast-redis-')) : undefined;
  if (home !== undefined) tellWatchdog({ temporary: home });
  const dir = resolve(home ?? options.dir ?? '.');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  try {
    const { child, port } = await startOn(server, dir, options);
    return {
      url: `redis://127.0.0.1:${port}`,
      kind: server.kind,
      ...processMembers(child),
      ...(home === undefined ? { dir } : {}),
      stop: async () => {
        await child.stop();
        removeHome(home);
      },
    };
  } catch (error) {
    removeHome(home);
    throw error;
  }
}

async function startOn(
  server: NativeServer,
  dir: string,
  options: RedisOptions,
): Promise<{ child: Child; port: number }> {
  const logFile = options.logFile ?? join(dir, 'redis.log');
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    const child = startServerProcess(server, dir, port, { logFile, keep: options.dir !== undefined });
    const ready = await pollUntil(START_LIMIT_MS, async () =>
      child.exit() ? false : (await answersPing(port)) || undefined,
    );
    if (ready && !child.exit()) return { child, port };
    const exit = child.exit();
    await child.stop();
    const log = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
    // The free port may have been taken by somebody else in between.
    if (options.port === undefined && attempt < 5 && /Address already in use/.test(log)) continue;
    throw new Error(
      `${server.kind} ${exit ? describeExit(exit) : 'did not become ready'}; the end of ${logFile}:\n${log}`,
    );
  }
}

function startServerProcess(
  server: NativeServer,
  dir: string,
  port: number,
  { logFile, keep }: { logFile: string; keep: boolean },
): Child {
  const log = openSync(logFile, 'a', 0o600);
  try {
    return startChild({
      name: server.kind,
      command: server.path,
      args: [
        ...['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--daemonize', 'no'],
        ...['--maxmemory-policy', 'noeviction', '--save', '', '--appendonly', keep ? 'yes' : 'no'],
      ],
      options: { cwd: dir, stdio: ['ignore', log, log] },
      stop: { order: stopOrder.redis, signal: 'SIGTERM', graceMs: 10_000 },
    });
  } finally {
    closeSync(log);
  }
}

// PING is refused with -LOADING while the append-only file is being read: only PONG means ready.
function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1', timeout: 1_000 });
    const answer = (pong: boolean): void => {
      socket.destroy();
      resolve(pong);
    };
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => answer(data.toString().startsWith('+PONG')));
    socket.once('error', () => answer(false)).once('timeout', () => answer(false));
  });
}

function removeHome(home: string | undefined): void {
  if (home === undefined) return;
  rmSync(home, { recursive: true, force: true });
  tellWatchdog({ removed: home });
}
