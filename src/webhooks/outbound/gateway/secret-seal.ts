import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../platform/config/index.js';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PURPOSE = 'holdfast webhook endpoint secrets';

type SealingKeys = Pick<Config, 'WEBHOOK_SECRETS_KEY' | 'SVC_INTERNAL_KEY'>;

/** A secret was sealed with a key that is not configured any more, or for another endpoint. */
export class SealBroken extends Error {
  constructor() {
    super('the secret of the endpoint was sealed with a key that WEBHOOK_SECRETS_KEY does not hold');
  }
}

/**
 * Keeps the secrets of endpoints from whoever gets hold of a copy of the database. They have to be had back to sign with
 * them, so a hash will not do. The first key seals, every key opens.
 */
@Injectable()
export class SecretSeal {
  private readonly sealing: Buffer;
  private readonly opening: readonly Buffer[];

  constructor(@Inject(CONFIG) { WEBHOOK_SECRETS_KEY: own, SVC_INTERNAL_KEY: fallback }: SealingKeys) {
    this.sealing = keyFrom(own[0] ?? fallback);
    this.opening = [...own, fallback].map(keyFrom);
  }

  /** Sealed for `owner` alone: put into another row, it does not open. Base64 of nonce, tag and cipher text. */
  seal(text: string, owner: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.sealing, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
  }

  /** Throws SealBroken. */
  open(sealed: string, owner: string): string {
    const bytes = Buffer.from(sealed, 'base64');
    for (const key of this.opening) {
      const text = tryToOpen(bytes, key, owner);
      if (text !== undefined) return text;
    }
    throw new SealBroken();
  }
}

function keyFrom(text: string): Buffer {
  return Buffer.from(hkdfSync('sha256', text, '', PURPOSE, KEY_BYTES));
}

function tryToOpen(bytes: Buffer, key: Buffer, owner: string): string | undefined {
  try {
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(owner));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
    return text.toString('utf8');
  } catch {
    return undefined;
  }
}
