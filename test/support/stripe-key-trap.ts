/**
 * Makes every look at STRIPE_SECRET_KEY throw, also the look of somebody who copies or lists the whole environment.
 *
 * @returns how often it was looked at since the last call; counts looks whose error was swallowed
 */
export function trapStripeKey(environment: NodeJS.ProcessEnv): () => number {
  let reads = 0;
  Object.defineProperty(environment, 'STRIPE_SECRET_KEY', {
    configurable: true,
    enumerable: true,
    get(): never {
      reads += 1;
      throw new Error('STRIPE_SECRET_KEY was read: pass a configuration to the code under test, or mock the SDK.');
    },
  });
  return () => {
    const seen = reads;
    reads = 0;
    return seen;
  };
}
