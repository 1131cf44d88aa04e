import { type Config, configSchema, configShape } from './config.schema.js';
import { crossFaults } from './cross-faults.js';

/** Lists every fault at once, one variable a line, so that a deployment is mended in one go. Names values never. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The configuration has ${faults.length} fault${faults.length === 1 ? '' : 's'}:\n  ${faults.join('\n  ')}`);
    this.name = 'ConfigError';
  }
}

/** Reads and freezes the configuration. Empty variables count as absent. Throws a {@link ConfigError}. */
export function loadConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const result = configSchema.safeParse(present);
  const crossing = crossFaults(present);
  if (result.success && crossing.length === 0) return Object.freeze(result.data);

  const own = (result.error?.issues ?? []).map((issue) => {
    const variable = issue.path.join('.');
    return `${variable}: ${present[variable] === undefined ? 'is required' : issue.message}`;
  });
  throw new ConfigError([...own, ...crossing]);
}

/** For entry points: the configuration, or the list of faults on standard error and exit code 78 (EX_CONFIG). */
export function loadConfigOrExit(): Config {
  try {
    return loadConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\nSee .env.example for what each variable means.\n`);
    process.exit(78);
  }
}

/** For tools that need the database and nothing else. Throws a {@link ConfigError}. */
export function readDatabaseUrl(environment: NodeJS.ProcessEnv = process.env): string {
  const result = configShape.DATABASE_URL.safeParse(environment['DATABASE_URL']);
  if (result.success) return result.data;
  throw new ConfigError([
    `DATABASE_URL: ${environment['DATABASE_URL'] ? result.error.issues[0]?.message : 'is required'}`,
  ]);
}
