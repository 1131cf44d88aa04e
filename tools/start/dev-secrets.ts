import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { errorCode } from '../process/error-code.js';

const devSecretsSchema = z.object({
  jwtSecret: z.string().min(32),
  internalKey: z.string().min(32),
  webhookSecret: z.string().min(32),
  sandboxKey: z.string().regex(/^sk_test_sandbox_\w+$/),
  postgresPassword: z.string().min(20),
  /** Tells this data folder from an earlier one at the same path. */
  folderId: z.string().min(12),
});

/** The secrets of a development system: random, made on the first start, kept for this folder alone. */
export type DevSecrets = Readonly<z.infer<typeof devSecretsSchema>>;

export function devSecretsFile(dataDir: string): string {
  return join(dataDir, 'dev-secrets.json');
}

/** The secrets of an earlier start, or `undefined`. @throws Error when the file cannot be read or is damaged. */
export function findDevSecrets(dataDir: string): DevSecrets | undefined {
  const file = devSecretsFile(dataDir);
  try {
    return devSecretsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    const reason = code === 'EACCES' ? 'it belongs to another account' : 'it is damaged';
    throw new Error(`${file} cannot be used: ${reason}. Remove ${dataDir} to begin anew (its data goes with it).`, {
      cause: error,
    });
  }
}

/** The secrets of this folder, made when there are none. Two starts at once get the same ones. */
export function ensureDevSecrets(dataDir: string): DevSecrets {
  const known = findDevSecrets(dataDir);
  if (known) return known;
  const fresh: DevSecrets = {
    jwtSecret: random(48),
    internalKey: `svc_dev_${random(32)}`,
    // Letters, digits and underscores alone, as in Stripe's own.
    webhookSecret: `whsec_${randomBytes(32).toString('hex')}`,
    sandboxKey: `sk_test_sandbox_${randomBytes(24).toString('hex')}`,
    postgresPassword: random(24),
    folderId: randomBytes(8).toString('hex'),
  };
  const draft = `${devSecretsFile(dataDir)}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(fresh, null, 2)}\n`, { mode: 0o600 });
  publish(draft, devSecretsFile(dataDir));
  return findDevSecrets(dataDir) ?? fresh;
}

// A link fails when the file is there already, a rename would replace the secrets that the other start uses.
function publish(draft: string, file: string): void {
  try {
    linkSync(draft, file);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return;
    // A file system without hard links.
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

function random(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}
