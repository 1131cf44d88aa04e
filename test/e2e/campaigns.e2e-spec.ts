import { CAMPAIGNS } from '../campaigns/campaigns.js';
import { readCommand, usage, UsageError } from '../campaigns/command-line.js';
import { useCampaigns } from '../campaigns/short-form.js';

const CAMPAIGN_LIMIT_MS = 120_000;

describe('the campaigns in short', () => {
  const run = useCampaigns();

  //
  it(
    'double-submit: one order and one charge for each',
    async () => {
      const { violations, counts } = await run('double-submit', { orders: 10 });

      expect(violations).toEqual([]);
      expect(counts).toMatchObject({ 'double submits': 10, replayed: 10, 'paid orders': 10, charges: 10 });
    },
    CAMPAIGN_LIMIT_MS,
  );

  it(
    'unknown-outcomes: one charge for each, and all are paid',
    async () => {
      const { violations, counts } = await run('unknown-outcomes', { orders: 4 });

      expect(violations).toEqual([]);
      expect(counts).toMatchObject({ paid: 12, 'faults that struck': 12 });
    },
    CAMPAIGN_LIMIT_MS,
  );

  //
  it(
    'partial-refunds: never a cent above captured',
    async () => {
      const { violations, counts } = await run('partial-refunds', { rounds: 2 });

      expect(violations).toEqual([]);
      expect((counts['refunds accepted'] ?? 0) + (counts['refunds refused'] ?? 0)).toBe(40);
      expect(counts['refunds refused']).toBeGreaterThan(0);
    },
    CAMPAIGN_LIMIT_MS,
  );

  //
  it(
    'expiry: all stock is back in time, with Redis and without what it knew',
    async () => {
      const { violations, counts } = await run('expiry', { orders: 9 });

      expect(violations).toEqual([]);
      expect(counts).toMatchObject({ 'holds with Redis': 9, 'holds with Redis emptied': 9 });
    },
    CAMPAIGN_LIMIT_MS,
  );

  //
  it(
    'webhook-order: paid, whatever came first',
    async () => {
      const { violations, counts } = await run('webhook-order', { orders: 12 });

      expect(violations).toEqual([]);
      expect(counts).toMatchObject({ 'events received': 48 });
    },
    CAMPAIGN_LIMIT_MS,
  );

  //
  it(
    'events: each one is received, in order, whatever happens to the worker',
    async () => {
      const { violations, counts } = await run('events', { orders: 20, kills: 2 });

      expect(violations).toEqual([]);
      expect(counts).toMatchObject({ 'orders made': 20, kills: 2 });
      expect(counts['events']).toBeGreaterThan(60);
      expect(counts['events twice to the reader of the feed']).toBeGreaterThan(0);
    },
    CAMPAIGN_LIMIT_MS,
  );
});

describe('npm run campaign', () => {
  it('takes what is given and its defaults for the rest', () => {
    const command = readCommand(['crash', '--kills', '7', '--seed', '3'], CAMPAIGNS);

    expect(command?.name).toBe('crash');
    expect(command?.options).toEqual({ orders: 2_400, kills: 7, rounds: 0, concurrency: 16, seed: 3 });
  });

  it('helps with the name and the options of every campaign', () => {
    expect(readCommand(['--help'], CAMPAIGNS)).toBeUndefined();
    const text = usage(CAMPAIGNS);
    expect([...CAMPAIGNS.keys()].filter((name) => !text.includes(`\n  ${name}\n`))).toEqual([]);
    expect(text).toContain('--orders 2400 --kills 100 --concurrency 16 --seed <random>');
  });

  it.each([
    [[], 'Name one campaign.'],
    [['crash', 'expiry'], 'Name one campaign.'],
    [['nope'], 'There is no campaign "nope".'],
    [['crash', '--rounds', '3'], 'This campaign takes no --rounds.'],
    [['crash', '--kills', '0'], '--kills is a whole number from 1 to 1000000.'],
    [['crash', '--kills', '1e3'], '--kills is a whole number from 1 to 1000000.'],
  ])('refuses %j', (args, message) => {
    expect(() => readCommand(args, CAMPAIGNS)).toThrow(new UsageError(message));
  });

  it('refuses an option that nobody knows', () => {
    expect(() => readCommand(['crash', '--fast'], CAMPAIGNS)).toThrow(UsageError);
  });
});
