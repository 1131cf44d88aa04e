import { randomBytes } from 'node:crypto';
import { SealBroken, SecretSeal } from './secret-seal.js';
import { newSecret } from './signature.js';

const key = (): string => randomBytes(32).toString('hex');
const INTERNAL = key();
const seal = (keys: readonly string[] = [], internal = INTERNAL) =>
  new SecretSeal({ WEBHOOK_SECRETS_KEY: [...keys], SVC_INTERNAL_KEY: internal });

describe('a sealed secret', () => {
  it('opens for its owner, and is never sealed the same way twice', () => {
    const own = seal([key()]);
    const secret = newSecret();

    const sealed = [own.seal(secret, 'whe_1'), own.seal(secret, 'whe_1')];

    expect(sealed.map((each) => own.open(each, 'whe_1'))).toEqual([secret, secret]);
    expect(sealed[0]).not.toBe(sealed[1]);
    expect(Buffer.from(sealed[0] ?? '', 'base64').toString('latin1')).not.toContain(secret);
  });

  it.each([
    ['for another owner', (sealed: string) => [sealed, 'whe_2']],
    ['after a change', (sealed: string) => [sealed.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')), 'whe_1']],
    ['when it is cut off', (sealed: string) => [sealed.slice(0, 12), 'whe_1']],
  ])('does not open %s', (_, spoil) => {
    const own = seal([key()]);
    const [sealed = '', owner = ''] = spoil(own.seal(newSecret(), 'whe_1'));

    expect(() => own.open(sealed, owner)).toThrow(SealBroken);
  });

  it('opens with an older key while that is configured', () => {
    const [older, newer] = [key(), key()];
    const sealed = seal([older]).seal('whsec_text', 'whe_1');

    expect(seal([newer, older]).open(sealed, 'whe_1')).toBe('whsec_text');
    expect(() => seal([newer]).open(sealed, 'whe_1')).toThrow(SealBroken);
  });

  it('without a key of its own depends on the internal key, also after it has got one', () => {
    const sealed = seal().seal('whsec_text', 'whe_1');

    expect(seal().open(sealed, 'whe_1')).toBe('whsec_text');
    expect(seal([key()]).open(sealed, 'whe_1')).toBe('whsec_text');
    expect(seal([INTERNAL], key()).open(sealed, 'whe_1')).toBe('whsec_text');
    expect(() => seal([], key()).open(sealed, 'whe_1')).toThrow(SealBroken);
  });
});
