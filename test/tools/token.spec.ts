import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { jwtVerify } from 'jose';
import { ensureDevSecrets } from '../../tools/start/dev-secrets.js';
import { toSeconds } from '../../tools/token/lifetime.js';

const root = resolve(__dirname, '../..');
const secret = 'a-secret-of-the-tests-that-is-long-enough-0123456789';
let dataDir: string;

beforeEach(() => (dataDir = mkdtempSync(join(tmpdir(), 'holdfast-token-'))));
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

// Empty variables count as absent, and keep a developer's own .env out of the tests.
function token(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const { PATH } = process.env;
  return spawnSync(process.execPath, ['--import', 'tsx', 'tools/token.ts', ...args], {
    cwd: root,
    env: { PATH, DATA_DIR: dataDir, JWT_SECRET: '', JWT_ISSUER: '', JWT_AUDIENCE: '', ...environment },
    encoding: 'utf8',
  });
}

describe('npm run token', () => {
  it('prints one token with the claims that were asked for and nothing else', async () => {
    const { status, stdout, stderr } = token(
      ['--role', 'admin', '--sub', 'alice', '--email', 'alice@example.com', '--expires', '15m'],
      { JWT_SECRET: secret, JWT_ISSUER: 'https://issuer.example', JWT_AUDIENCE: 'holdfast' },
    );

    expect([status, stderr]).toEqual([0, '']);
    const { payload, protectedHeader } = await jwtVerify(stdout.trimEnd(), new TextEncoder().encode(secret), {
      algorithms: ['HS256'],
      issuer: 'https://issuer.example',
      audience: 'holdfast',
    });
    expect(stdout).toBe(`${stdout.trim()}\n`);
    expect(protectedHeader.alg).toBe('HS256');
    expect(payload).toMatchObject({ sub: 'alice', email: 'alice@example.com', roles: ['admin'] });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(900);
  });

  it('signs with the secret that npm start made for this folder', async () => {
    const { jwtSecret } = ensureDevSecrets(dataDir);

    const { stdout } = token([]);

    const { payload } = await jwtVerify(stdout.trimEnd(), new TextEncoder().encode(jwtSecret));
    expect(payload).toMatchObject({ sub: 'demo-customer', roles: ['customer'] });
    expect(payload).not.toHaveProperty('email');
    expect(payload).not.toHaveProperty('iss');
  });

  it('says how to get a secret when there is none', () => {
    const { status, stdout, stderr } = token([]);

    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      `No secret to sign with: set JWT_SECRET, or run npm start once (it makes ${dataDir}/dev-secrets.json).\n`,
    );
  });

  it('says so when the file with the secrets is damaged', () => {
    writeFileSync(join(dataDir, 'dev-secrets.json'), '{}');

    const { status, stderr } = token([]);

    expect(status).toBe(1);
    expect(stderr).toContain('cannot be used: it is damaged');
  });

  it.each([
    [['--role', 'king'], '--role king: must be one of customer, admin, guest\n'],
    [['--expires', 'soon'], '--expires soon: must be a number with s, m, h or d, such as 1h\n'],
  ])('refuses %j', (args, message) => {
    const { status, stdout, stderr } = token(args, { JWT_SECRET: secret });

    expect([status, stdout, stderr]).toEqual([1, '', message]);
  });

  it('explains itself', () => {
    const { status, stdout } = token(['--help']);

    expect(status).toBe(0);
    expect(stdout).toContain('Usage: npm run --silent token -- [options]');
  });
});

describe('toSeconds', () => {
  it.each([
    ['90', 90],
    ['90s', 90],
    ['15m', 900],
    ['1h', 3_600],
    ['7d', 604_800],
  ])('reads %s as %d seconds', (text, seconds) => {
    expect(toSeconds(text)).toBe(seconds);
  });

  it.each(['', '0', '-1h', '1.5h', '1 h', '1w', '1e3'])('refuses %j', (text) => {
    expect(() => toSeconds(text)).toThrow(`--expires ${text}: must be a number`);
  });
});
