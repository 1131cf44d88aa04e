// Jest loads this file as it is, so it is JavaScript.
import Sequencer from '@jest/test-sequencer';

/** Files that wait or work for half a minute and more, the longest first. */
const LONG = [
  'campaigns.e2e-spec.ts',
  'start.spec.ts',
  'webhooks-order.e2e-spec.ts',
  'crash.e2e-spec.ts',
  'property.e2e-spec.ts',
  'campaigns-crash.e2e-spec.ts',
  'redis-gone.e2e-spec.ts',
  'kafka-faults.e2e-spec.ts',
  'crash-under-load.e2e-spec.ts',
  'restart.e2e-spec.ts',
  'unknown-outcome.e2e-spec.ts',
  'seed.spec.ts',
];

const rank = ({ path }) => {
  const place = LONG.findIndex((name) => path.endsWith(`/${name}`));
  return place === -1 ? LONG.length : place;
};

/**
 * Long files first, so that none of them is the last one and alone. Jest knows that by itself where it has run before; a
 * fresh clone has not.
 */
export default class LongFilesFirst extends Sequencer {
  async sort(tests) {
    return [...(await super.sort(tests))].sort((one, other) => rank(one) - rank(other));
  }
}
