import fs from 'node:fs';

describe('errors that Node made', () => {
  let missing: unknown;

  beforeAll(() => {
    try {
      fs.readFileSync('/there/is/no/such/file');
    } catch (error) {
      missing = error;
    }
  });

  it('are errors, as outside of Jest', () => {
    expect(missing instanceof Error).toBe(true);
    expect(missing).toMatchObject({ code: 'ENOENT' });
  });

  it('are not of every class of errors', () => {
    class Refusal extends Error {}

    expect(missing instanceof Refusal).toBe(false);
    expect(missing instanceof TypeError).toBe(false);
    expect(new Refusal() instanceof Refusal).toBe(true);
    expect(new Refusal() instanceof Error).toBe(true);
  });

  it('leave other values what they are', () => {
    const others: unknown[] = [{ name: 'Error', message: 'no' }, undefined, 'Error'];

    expect(others.filter((other) => other instanceof Error)).toEqual([]);
  });
});
