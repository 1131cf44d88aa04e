import { authorizationOf } from '../shop/tokens.js';
import { Buyer, type Customer } from './buyer.js';
import { Connection } from './connection.js';
import type { LoadJob, LoadReport } from './job.js';
import { Samples } from './samples.js';

/** Does one job, until the signal ends it. Throws where an answer is not what the scenario expects. */
export async function load(job: LoadJob, stop: AbortSignal): Promise<LoadReport> {
  const customers = await customersOf(job);
  const samples = new Samples();
  const connections = await Promise.all(
    customers.map((_, place) => Connection.open(job.ports[place % job.ports.length] ?? 0)),
  );
  const begun = performance.now();
  const goal = { left: job.orders, until: begun + job.seconds * 1_000, stop };
  try {
    await Promise.all(
      connections.map((connection, place) =>
        orderOften(new Buyer(connection, job, samples), customers[place] ?? [], goal),
      ),
    );
  } finally {
    for (const connection of connections) connection.close();
  }
  return samples.report((performance.now() - begun) / 1_000);
}

/** `left` is counted down by all buyers together, before they begin. */
async function orderOften(
  buyer: Buyer,
  customers: readonly Customer[],
  goal: { left: number; readonly until: number; readonly stop: AbortSignal },
): Promise<void> {
  for (let turn = 0; goal.left > 0 && !goal.stop.aborted && performance.now() < goal.until; turn += 1) {
    const customer = customers[turn % customers.length];
    if (!customer) return;
    goal.left -= 1;
    await buyer.order(customer);
  }
}

/** Signed beforehand: signing is the identity provider's work. */
function customersOf(job: LoadJob): Promise<Customer[][]> {
  const { connections, customersPerConnection, customerPrefix } = job;
  const customer = async (connection: number, place: number): Promise<Customer> => ({
    authorization: await authorizationOf(`${customerPrefix}_${connection}_${place}`, 'customer', job),
  });
  return Promise.all(
    Array.from({ length: connections }, (_, connection) =>
      Promise.all(Array.from({ length: customersPerConnection }, (_, place) => customer(connection, place))),
    ),
  );
}
