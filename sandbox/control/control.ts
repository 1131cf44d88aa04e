import type { FastifyInstance, FastifyRequest } from 'fastify';
import { StripeApiError } from '../domain/stripe-error.js';
import type { ControlParts } from './control-parts.js';
import { faultRoutes } from './faults.routes.js';
import { ledgerOf } from './ledger.js';
import { paymentRoutes } from './payments.routes.js';
import { webhookRoutes } from './webhooks.routes.js';

const LOOPBACK = /^(?:::ffff:)?127\.|^::1$/;
const LOCAL_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Routes under `/_sandbox` that steer the sandbox. They need no key, so they listen to this machine alone. */
export function registerControl(app: FastifyInstance, parts: ControlParts): void {
  void app.register(
    (control, _options, done) => {
      control.addHook('onRequest', async (request) => assertLocal(request));
      faultRoutes(control, parts);
      webhookRoutes(control, parts);
      paymentRoutes(control, parts);
      control.get('/ledger', () => ledgerOf(parts.account));
      control.post('/reset', () => {
        parts.account.reset();
        parts.faults.clear();
        parts.webhooks.reset();
        return { reset: true };
      });
      done();
    },
    { prefix: '/_sandbox' },
  );
}

// Origin and Host keep a web page in the developer's browser from steering the sandbox behind his back, also one whose
// name was made to point to this machine.
function assertLocal(request: FastifyRequest): void {
  const { origin, host = '' } = request.headers;
  const ownOrigin = LOCAL_NAMES.has(host.replace(/:\d+$/, '')) && (origin === undefined || origin === `http://${host}`);
  if (LOOPBACK.test(request.socket.remoteAddress ?? '') && ownOrigin) return;
  throw new StripeApiError(403, {
    type: 'invalid_request_error',
    message: 'The control API answers to this machine only, and to no page of another origin.',
  });
}
