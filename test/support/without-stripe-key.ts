// Set up before every file of the projects that mock Stripe at the SDK.
import { trapStripeKey } from './stripe-key-trap.js';

const takeReads = trapStripeKey(process.env);

afterEach(() => {
  expect(takeReads()).toBe(0);
});
