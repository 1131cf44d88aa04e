// `npm run --silent token -- --role admin --sub alice`: prints a token for development and nothing else.
import { parseArgs } from 'node:util';
import { devSecretsFile, findDevSecrets } from './start/dev-secrets.js';
import { presentEnvironment, readEnvFile, readSettings } from './start/settings.js';
import { toSeconds } from './token/lifetime.js';
import { signToken, type TokenIssuer, type TokenPlan } from './token/sign-token.js';

const roles = ['customer', 'admin', 'guest'];

const usage = `Usage: npm run --silent token -- [options]

  --role <role>       ${roles.join(', ')} (default: customer)
  --sub <id>          who the token speaks for (default: demo-<role>)
  --email <address>   optional
  --expires <time>    lifetime such as 90s, 15m, 1h, 7d (default: 1h)
  --help              this text

Signed with JWT_SECRET from the environment or .env, otherwise with the secret that npm start made in DATA_DIR.
`;

function readPlan(): TokenPlan | undefined {
  const { values } = parseArgs({
    options: {
      role: { type: 'string', default: 'customer' },
      sub: { type: 'string' },
      email: { type: 'string' },
      expires: { type: 'string', default: '1h' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  if (!roles.includes(values.role)) throw new Error(`--role ${values.role}: must be one of ${roles.join(', ')}`);
  return {
    subject: values.sub ?? `demo-${values.role}`,
    role: values.role,
    lifetimeSeconds: toSeconds(values.expires),
    ...(values.email === undefined ? {} : { email: values.email }),
  };
}

function readIssuer(): TokenIssuer {
  readEnvFile();
  const { JWT_SECRET, JWT_ISSUER, JWT_AUDIENCE } = presentEnvironment();
  const { dataDir } = readSettings();
  const secret = JWT_SECRET ?? findDevSecrets(dataDir)?.jwtSecret;
  if (secret) return { secret, issuer: JWT_ISSUER, audience: JWT_AUDIENCE };
  throw new Error(
    `No secret to sign with: set JWT_SECRET, or run npm start once (it makes ${devSecretsFile(dataDir)}).`,
  );
}

try {
  const plan = readPlan();
  process.stdout.write(plan ? `${await signToken(plan, readIssuer())}\n` : usage);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
