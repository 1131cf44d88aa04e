// The door of the Stripe sandbox: starts a stateful local Stripe that answers over HTTP and sends signed webhooks.
// It never talks to Stripe, never takes a card number, and imports nothing of the service that is tested against it.
export { startSandbox, type Sandbox } from './sandbox.js';
export type { SandboxOptions } from './options.js';
