import { trapStripeKey } from './stripe-key-trap.js';

//
describe('the trap around STRIPE_SECRET_KEY', () => {
  it('throws at a read, at a copy and at a list of the environment, and counts each', () => {
    const environment: NodeJS.ProcessEnv = { PATH: '/bin' };
    const takeReads = trapStripeKey(environment);

    expect(() => environment['STRIPE_SECRET_KEY']).toThrow('STRIPE_SECRET_KEY was read');
    expect(() => ({ ...environment })).toThrow('STRIPE_SECRET_KEY was read');
    expect(() => Object.entries(environment)).toThrow('STRIPE_SECRET_KEY was read');
    expect(takeReads()).toBe(3);
  });

  it('lets everything else be read', () => {
    const environment: NodeJS.ProcessEnv = { PATH: '/bin' };
    const takeReads = trapStripeKey(environment);

    expect(environment['PATH']).toBe('/bin');
    expect(takeReads()).toBe(0);
  });
});
