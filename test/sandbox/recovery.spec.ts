import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startSandbox } from '../../sandbox/index.js';
import { eventually } from '../support/poll.js';
import { controlAt, onStop, pay, PAYMENT, refusalOf, startBench, startReceiver, stopAll, stripeAt } from './support.js';

afterEach(stopAll);

const ROOT = join(__dirname, '../..');

function journalFile(): string {
  const directory = mkdtempSync(join(tmpdir(), 'sandbox-'));
  onStop(async () => rmSync(directory, { recursive: true, force: true }));
  return join(directory, 'journal.jsonl');
}

/** Starts `sandbox/main.ts` as its own process and waits for the line that says where it listens. */
async function startProcess(...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'sandbox/main.ts', '--port', '0', ...args], { cwd: ROOT });
  onStop(async () => {
    child.kill('SIGKILL');
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const url = /^Stripe sandbox (http:\/\/127\.0\.0\.1:\d+)$/.exec(line)?.[1] ?? '';
  const end = async (signal: NodeJS.Signals): Promise<{ code: number | null; signal: string | null }> => {
    const exited = once(child, 'exit');
    child.kill(signal);
    const [code, killedBy] = await exited;
    return { code, signal: killedBy };
  };
  return { url, stripe: stripeAt(Number(new URL(url).port)), control: controlAt(url), end };
}

describe('a killed sandbox', () => {
  it('has every answered charge, refund, event and idempotency key when it starts again', async () => {
    const data = journalFile();
    const first = await startProcess('--data', data);
    const intent = await pay(first.stripe, { metadata: { order_id: 'ord_1' } }, { idempotencyKey: 'key-1' });
    const declined = await refusalOf(
      pay(first.stripe, { payment_method: 'pm_card_chargeDeclined' }, { idempotencyKey: 'key-2' }),
    );
    const refund = await first.stripe.refunds.create({ payment_intent: intent.id, amount: 100 });
    const ledger = await first.control('GET', '/ledger');
    expect(await first.end('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });

    const second = await startProcess('--data', data);

    expect((await second.control('GET', '/ledger')).body).toEqual(ledger.body);
    expect((await second.stripe.events.list()).data).toHaveLength(8);
    expect((await second.stripe.refunds.retrieve(refund.id)).amount).toBe(100);
    const replayed = await pay(second.stripe, { metadata: { order_id: 'ord_1' } }, { idempotencyKey: 'key-1' });
    const repeated = await refusalOf(
      pay(second.stripe, { payment_method: 'pm_card_chargeDeclined' }, { idempotencyKey: 'key-2' }),
    );
    expect(replayed.id).toBe(intent.id);
    expect(repeated.charge).toBe(declined.charge);
    expect((await second.stripe.charges.list()).data).toHaveLength(2);
  });

  it('has the charge whose answer never came', async () => {
    const data = journalFile();
    const first = await startProcess('--data', data);
    await first.control('POST', '/faults', { kind: 'hang_after', match: { method: 'POST' } });
    const lost = refusalOf(pay(first.stripe, {}, { idempotencyKey: 'key-1', maxNetworkRetries: 0 }));
    await eventually(async () => expect((await first.control('GET', '/ledger')).body.charges).toHaveLength(1));
    await first.end('SIGKILL');
    expect((await lost).type).toBe('StripeConnectionError');

    const second = await startProcess('--data', data);

    const found = await pay(second.stripe, {}, { idempotencyKey: 'key-1' });
    expect(found.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect((await second.control('GET', '/ledger')).body.charges).toHaveLength(1);
  });

  it('stops cleanly when asked to', async () => {
    const { stripe, end } = await startProcess();
    await pay(stripe);

    expect(await end('SIGTERM')).toEqual({ code: 0, signal: null });
  });

  it('sends what its webhooks still owed', async () => {
    const { url, received } = await startReceiver();
    const webhook = { url, secret: 'whsec_x' };
    const data = journalFile();
    const first = await startSandbox({ data, webhooks: [webhook], webhookBackoffMs: 3_600_000 });
    const firstControl = controlAt(first.url);
    await firstControl('POST', '/webhooks', { ...webhook, mode: 'paused' });
    await stripeAt(first.port).paymentIntents.create(PAYMENT);
    await first.stop();
    expect(received).toHaveLength(0);

    const { stripe } = await startBench({ data, webhooks: [webhook] });

    await eventually(() => expect(received).toHaveLength(1));
    await eventually(async () => expect((await stripe.events.list({ delivery_success: false })).data).toEqual([]));
  });

  it('settles refunds that were pending', async () => {
    const data = journalFile();
    const first = await startSandbox({ data, refundSettleMs: 3_600_000 });
    const stripe = stripeAt(first.port);
    const intent = await pay(stripe, { payment_method: 'pm_card_pendingRefund' });
    const refund = await stripe.refunds.create({ payment_intent: intent.id });
    await first.stop();

    const second = await startBench({ data, now: () => Date.now() + 3_600_000 });

    await eventually(async () => expect((await second.stripe.refunds.retrieve(refund.id)).status).toBe('succeeded'));
  });
});

describe('the journal', () => {
  it('drops a line that was torn by the kill, and goes on behind the last whole one', async () => {
    const data = journalFile();
    const first = await startSandbox({ data });
    const kept = await pay(stripeAt(first.port));
    await first.stop();
    appendFileSync(data, '{"payment_intent":[["pi_torn",{"id":"pi_to');

    const second = await startSandbox({ data });
    const added = await pay(stripeAt(second.port));
    await second.stop();

    const { stripe } = await startBench({ data });
    expect((await stripe.paymentIntents.list()).data.map(({ id }) => id)).toEqual([added.id, kept.id]);
    expect(readFileSync(data, 'utf8')).not.toContain('pi_torn');
  });

  it('is not opened when it is something else', async () => {
    const data = journalFile();
    writeFileSync(data, '{"customers":[]}\n');

    await expect(startSandbox({ data })).rejects.toThrow(`${data}:1 is not a line of a sandbox journal.`);
  });

  it('is empty after a reset', async () => {
    const data = journalFile();
    const { stripe, control } = await startBench({ data });
    await pay(stripe);

    await control('POST', '/reset');

    expect(readFileSync(data, 'utf8')).toBe('');
  });

  it('holds no card number and no key', async () => {
    const data = journalFile();
    const { stripe } = await startBench({ data });
    await refusalOf(pay(stripe, { payment_method: '4242424242424242' }, { idempotencyKey: 'key-1' }));
    await pay(stripe);

    const text = readFileSync(data, 'utf8');

    expect(text).toContain('"last4":"4242"');
    expect(text).not.toMatch(/\d{16}/);
    expect(text).not.toContain('sk_test');
  });
});
