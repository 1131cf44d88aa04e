import { parseArgs } from 'node:util';
import { startSandbox, type SandboxOptions } from './index.js';

/** `--webhook-url` and `--webhook-secret` may be given several times; the secrets belong to the URLs in order. */
function readOptions(argv: readonly string[]): SandboxOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      port: { type: 'string', default: '12111' },
      host: { type: 'string', default: '127.0.0.1' },
      data: { type: 'string' },
      'public-url': { type: 'string' },
      'webhook-url': { type: 'string', multiple: true, default: [] },
      'webhook-secret': { type: 'string', multiple: true, default: [] },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port must be 0..65535, not ${values.port}.`);
  const secrets = values['webhook-secret'];
  if (secrets.length !== values['webhook-url'].length) throw new Error('Each --webhook-url needs a --webhook-secret.');
  const webhooks = values['webhook-url'].map((url, index) => ({ url, secret: secrets[index] ?? '' }));
  const { host, data, 'public-url': publicUrl } = values;
  return {
    port,
    host,
    webhooks,
    ...(data === undefined ? {} : { data }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
  };
}

async function main(): Promise<void> {
  const sandbox = await startSandbox(readOptions(process.argv.slice(2)));
  const stop = (): void => {
    void sandbox.stop().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.stdout.write(`Stripe sandbox ${sandbox.url}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`Stripe sandbox did not start: ${error instanceof Error ? error.message : 'unknown failure'}\n`);
  process.exitCode = 1;
});
