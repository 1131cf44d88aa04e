import { withoutSecrets } from './without-secrets.js';

describe('withoutSecrets', () => {
  it.each(['authorization', 'cookie', 'client_secret', 'token', 'password', 'secret', 'payment_method', 'card'])(
    'takes %s out at every depth',
    (name) => {
      const secret = { [name]: 'hunter2' };
      const line = { msg: 'x', ...secret, a: { ...secret, b: [{ c: { ...secret, d: { ...secret, kept: 1 } } }] } };

      const shown = withoutSecrets(line);

      const censored = { [name]: '[redacted]' };
      expect(shown).toEqual({
        ...{ msg: 'x', ...censored },
        a: { ...censored, b: [{ c: { ...censored, d: { ...censored, kept: 1 } } }] },
      });
      expect(JSON.stringify(line)).toContain('hunter2');
    },
  );

  it('hides a secret that is an object, or nothing, as well', () => {
    expect(withoutSecrets({ card: { number: '42' }, token: null })).toEqual({
      card: '[redacted]',
      token: '[redacted]',
    });
  });

  it('answers what holds no secret as it is', () => {
    const line = {
      msg: 'order paid',
      at: new Date(0),
      tokens: 3,
      lines: [{ sku: 'A' }],
      none: null,
      err: new Error('x'),
    };

    expect(withoutSecrets(line)).toBe(line);
  });

  it('looks through an error that only bears another name than the one that is looked through later', () => {
    const error = Object.assign(new Error('x'), { raw: { client_secret: 'hunter2' } });

    const shown = withoutSecrets({ reason: error, err: error });

    expect(JSON.stringify(shown)).toBe(
      '{"reason":{"raw":{"client_secret":"[redacted]"}},"err":{"raw":{"client_secret":"hunter2"}}}',
    );
    expect(shown.err).toBe(error);
  });

  it('does not follow what goes in circles', () => {
    const line: Record<string, unknown> = { msg: 'x' };
    line['self'] = line;

    expect(JSON.stringify(withoutSecrets(line))).toContain('[redacted]');
  });
});
