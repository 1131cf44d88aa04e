import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastify, { type FastifyInstance } from 'fastify';
import pg from 'pg';
import { derivedId } from '../../src/kernel/derived-id.js';
import { newId } from '../../src/kernel/id.js';
import { callerOf, idempotencyOf, type LimitSecrets, Refused, requireInternalKey } from './requests.js';
import { CART_BODY, CHECKOUT_BODY, PAY_BODY, type CartBody, type CheckoutBody, type PayBody } from './schemas.js';

/** More than a purchase of the benchmark has; ids of lines are made before their number is known. */
const MOST_LINES = 4;

/** The functions that the server calls. They belong into a migrated database of its own. */
export const LIMIT_FUNCTIONS = readFileSync(fileURLToPath(new URL('./functions.sql', import.meta.url)), 'utf8');

/** The statements of a purchase, one a request, prepared on each connection at their first use. */
const CART = {
  name: 'cart',
  text: 'SELECT bare_limit.replace_cart($1, $2, $3, $4) AS body',
};
const CHECKOUT = {
  name: 'checkout',
  text: 'SELECT bare_limit.check_out($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) AS body',
};
const PAY = {
  name: 'pay',
  text: 'SELECT bare_limit.record_payment($1, $2, $3, $4, $5, $6, $7, $8, $9) AS body',
};

/** Runs a statement that answers one text: the body of the answer. */
type Run = (statement: { readonly name: string; readonly text: string }, values: unknown[]) => Promise<string>;

/** The bare limit: the three requests of a purchase with Fastify, pg and nothing else. */
export function limitServer(pool: pg.Pool, secrets: LimitSecrets): FastifyInstance {
  const server = fastify();
  const run: Run = async (statement, values) => {
    const { rows } = await pool.query<{ body: string }>({ ...statement, values });
    return rows[0]?.body ?? '';
  };
  server.setErrorHandler((error, _request, reply) =>
    reply.code(error instanceof Refused ? error.status : 500).send({ code: String(error) }),
  );
  server.addHook('onSend', (_request, reply, _payload, done) => {
    void reply.type('application/json; charset=utf-8');
    done();
  });
  takeCarts(server, secrets, run);
  takeCheckouts(server, secrets, run);
  takePayments(server, secrets, run);
  return server;
}

function takeCarts(server: FastifyInstance, secrets: LimitSecrets, run: Run): void {
  server.put<{ Body: CartBody }>('/v1/cart', { schema: { body: CART_BODY } }, (request) => {
    const { id } = callerOf(request, secrets);
    const { items } = request.body;
    const products = items.map((item) => item.product_id);
    return run(CART, [id, derivedId('cart', id), products, items.map((item) => item.quantity)]);
  });
}

function takeCheckouts(server: FastifyInstance, secrets: LimitSecrets, run: Run): void {
  server.post<{ Body: CheckoutBody }>('/v1/orders/checkout', { schema: { body: CHECKOUT_BODY } }, (request, reply) => {
    const { id, email } = callerOf(request, secrets);
    const ids = [
      newId('ord'),
      newId('rsv'),
      newId('shp'),
      newId('aud'),
      newId('evt'),
      newId('idk'),
      ...several('item'),
    ];
    const cart = [derivedId('cart', id), request.body.shipping_address, 'us_west'];
    void reply.code(201);
    return run(CHECKOUT, [ids, several('evt'), id, email, ...cart, ...idempotencyOf(request, id), randomUUID()]);
  });
}

function takePayments(server: FastifyInstance, secrets: LimitSecrets, run: Run): void {
  const options = { schema: { body: PAY_BODY } };
  server.patch<{ Body: PayBody; Params: { id: string } }>('/v1/orders/:id/pay', options, (request) => {
    requireInternalKey(request, secrets);
    const ids = [newId('pay'), newId('aud'), newId('evt'), newId('idk'), ...several('mov')];
    const order = [request.params.id, request.body.transaction_id, 'internal'];
    return run(PAY, [ids, several('evt'), ...order, ...idempotencyOf(request, 'internal'), randomUUID()]);
  });
}

function several(prefix: string): string[] {
  return Array.from({ length: MOST_LINES }, () => newId(prefix));
}
