// `npm start`: a running Holdfast in one command. Builds what changed, starts what the environment does not name
// (PostgreSQL, Redis, a Stripe sandbox), then the API and the worker; stops all of it in order.
import { parseArgs } from 'node:util';
import { banner } from './start/banner.js';
import { buildIfStale } from './start/build.js';
import {
  obituary,
  runToEnd,
  startApplication,
  startSandbox,
  type LoggedChild,
  type RunContext,
} from './start/commands.js';
import { ensureDevSecrets, type DevSecrets } from './start/dev-secrets.js';
import { describeService, startOwnPostgres, startOwnRedis } from './start/embedded.js';
import { applicationEnvironment, wantsSandbox, webhookSecret, webhookUrl } from './start/environment.js';
import { watchNpm } from './start/npm-parent.js';
import { waitUntilReady } from './start/ready.js';
import { removeRunEnv, runEnvFile, writeRunEnv } from './start/run-env.js';
import { claimFolder } from './start/run-folder.js';
import { originOf, readEnvFile, readSettings, type Settings } from './start/settings.js';
import { isStopping, stopEverything, stopOnSignals } from './start/shutdown.js';
import { freePort, isPortFree } from './services/ports.js';
import { endWatchdog } from './process/watchdog.js';
import type { Service } from './services.js';

const usage = `Usage: npm start [-- --verbose]

  --verbose  show every log line of the API and the worker (they are in DATA_DIR/logs in any case)
  --help     this text
`;

const MIGRATE_LIMIT_MS = 300_000;
const SEED_LIMIT_MS = 120_000;

let releaseFolder = (): void => undefined;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

interface Run {
  readonly settings: Settings;
  readonly secrets: DevSecrets;
  readonly port: number;
  readonly verbose: boolean;
}

async function start(verbose: boolean): Promise<never> {
  readEnvFile();
  const settings = readSettings();
  const release = await claimFolder(settings.dataDir);
  releaseFolder = () => {
    removeRunEnv(settings.dataDir);
    release();
  };
  const port = await choosePort(settings);
  const secrets = ensureDevSecrets(settings.dataDir);
  const [, postgres, redis] = await Promise.all([
    buildIfStale(say),
    startOwnPostgres(settings.dataDir, secrets),
    startOwnRedis(settings.dataDir),
  ]);
  return runApplication({ settings, secrets, port, verbose }, postgres, redis);
}

async function choosePort({ port, host }: Settings): Promise<number> {
  if (port === 0) return freePort(host);
  if (await isPortFree(port, host)) return port;
  throw new Error(`Port ${port} on ${host} is taken: set PORT to a free one, for example PORT=${port + 1} npm start.`);
}

// Resolves never: it ends by a signal, or rejects when a process dies that should run on.
async function runApplication(run: Run, postgres: Service, redis: Service): Promise<never> {
  const { settings, secrets, port } = run;
  const contextFor = (sandboxUrl?: string): RunContext => ({
    dataDir: settings.dataDir,
    verbose: run.verbose,
    env: applicationEnvironment(settings, secrets, {
      port,
      databaseUrl: postgres.url,
      redisUrl: redis.url,
      ...(sandboxUrl === undefined ? {} : { sandboxUrl }),
    }),
  });
  const [sandbox] = await Promise.all([
    wantsSandbox()
      ? startSandbox({ webhookUrl: webhookUrl(settings, port), webhookSecret: webhookSecret(secrets) }, contextFor())
      : undefined,
    prepareDatabase(contextFor()),
  ]);
  const context = contextFor(sandbox?.url);
  writeRunEnv(settings.dataDir, context.env);
  const api = startApplication('api', context);
  const worker = startApplication('worker', context);
  const ends = untilOneEnds([api, worker, ...(sandbox ? [sandbox] : [])], [postgres, redis]);
  await Promise.race([waitUntilReady(originOf(settings.host, port), api), ends]);
  say(await banner(bannerFacts(run, context, { postgres, redis, sandboxUrl: sandbox?.url })));
  return ends;
}

async function prepareDatabase(context: RunContext): Promise<void> {
  await runToEnd('migrate', context, MIGRATE_LIMIT_MS);
  await runToEnd('seed', context, SEED_LIMIT_MS);
}

async function untilOneEnds(children: readonly LoggedChild[], services: readonly Service[]): Promise<never> {
  const endings = [
    ...children.map(async (child) => {
      await child.child.exited;
      return obituary(child);
    }),
    ...services.map(async ({ exited, kind }) => {
      await (exited ?? new Promise<never>(() => undefined));
      return `${kind === 'embedded' ? 'PostgreSQL' : kind} has ended by itself; its log says why.`;
    }),
  ];
  throw new Error(await Promise.race(endings));
}

function bannerFacts(
  { settings, port }: Run,
  { env }: RunContext,
  { postgres, redis, sandboxUrl }: { postgres: Service; redis: Service; sandboxUrl: string | undefined },
): Parameters<typeof banner>[0] {
  const { JWT_SECRET, JWT_ISSUER, JWT_AUDIENCE, SVC_INTERNAL_KEY = '' } = env;
  return {
    origin: originOf(settings.host, port),
    httpPrefix: settings.httpPrefix,
    ...(sandboxUrl === undefined ? {} : { sandboxUrl }),
    internalKey: SVC_INTERNAL_KEY,
    ...(JWT_SECRET === undefined ? {} : { issuer: { secret: JWT_SECRET, issuer: JWT_ISSUER, audience: JWT_AUDIENCE } }),
    notes: [
      describeService('PostgreSQL', postgres),
      describeService('Redis', redis),
      `Logs and development secrets in ${settings.dataDir}`,
      `For other commands on this system: set -a; . ${runEnvFile(settings.dataDir)}; set +a`,
    ],
  };
}

async function end(exitCode: number): Promise<void> {
  releaseFolder();
  await endWatchdog();
  process.exit(exitCode);
}

async function fail(error: unknown): Promise<void> {
  // What fails because everything is being stopped is no news.
  if (isStopping()) return;
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  await stopEverything(say);
  await end(1);
}

// Whoever read the output may have gone (`npm start | head`): that is no reason to end without order.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
process.on('uncaughtException', (error) => void fail(error));

const { values } = parseArgs({
  options: { verbose: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});
if (values.help) {
  process.stdout.write(usage);
} else {
  stopOnSignals(say, () => void end(0));
  watchNpm(() => process.kill(process.pid, 'SIGTERM'));
  start(values.verbose).catch((error: unknown) => fail(error));
}
