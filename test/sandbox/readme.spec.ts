import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TEST_METHODS } from '../../sandbox/domain/test-methods.js';
import { FAULT_KINDS } from '../../sandbox/faults.js';
import { WEBHOOK_MODES } from '../../sandbox/webhooks/endpoint.js';

const README = readFileSync(join(__dirname, '../../sandbox/README.md'), 'utf8');

describe('the README of the sandbox', () => {
  it('names every test payment method', () => {
    const plain = [...TEST_METHODS.keys()].map((name) => name.replace('visa_chargeDeclined', 'chargeDeclined'));

    expect(plain.filter((name) => !README.includes(`\`${name}\``))).toEqual([]);
  });

  it('names no test payment method that does not exist', () => {
    const named = README.match(/pm_\w+/g) ?? [];

    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !TEST_METHODS.has(name))).toEqual([]);
  });

  it('explains every fault and every webhook mode', () => {
    const rows = [...README.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);

    expect([...FAULT_KINDS, ...WEBHOOK_MODES].filter((name) => !rows.includes(name))).toEqual([]);
  });
});
