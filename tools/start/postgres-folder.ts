import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { canEnter, postgresAccount } from '../services/account.js';
import { sharedFolder } from '../services/shared-folder.js';

/**
 * Where the embedded PostgreSQL keeps its data: inside `dataDir`; but a checkout below a private home (root's own, for
 * instance) is closed to the account that root lends to PostgreSQL, and then a folder of its own below /var/lib.
 * `folderId` belongs to this `dataDir` alone, so that removing `dataDir` gives a new, empty database.
 */
export function postgresFolder(dataDir: string, folderId: string): string {
  const inside = join(dataDir, 'postgres');
  if (canEnter(postgresAccount(inside), dataDir)) return inside;
  const name = createHash('sha256')
    .update(`${realpathSync(dataDir)}\n${folderId}`)
    .digest('hex')
    .slice(0, 16);
  return join(sharedFolder(), 'data', name);
}
