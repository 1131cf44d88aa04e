import { readCommand, UsageError } from '../../../bench/command-line.js';
import { isMet, type Scenario } from '../../../bench/scenarios/scenario.js';

const scenario = (quick: boolean): Scenario => ({
  summary: '',
  quick,
  run: () => Promise.reject(new Error('not to be run')),
});
const KNOWN = new Map([
  ['short', scenario(true)],
  ['long', scenario(false)],
]);

const chosen = (...args: string[]) => {
  const command = readCommand(args, KNOWN);
  return command && { quick: command.quick, names: [...command.scenarios.keys()] };
};

describe('the command line of the benchmark', () => {
  it.each([
    [[], { quick: false, names: ['short', 'long'] }],
    [['--quick'], { quick: true, names: ['short'] }],
    [['--scenario', 'long'], { quick: false, names: ['long'] }],
    [['--quick', '--scenario', 'long', '--scenario', 'short'], { quick: true, names: ['long', 'short'] }],
    [['--help'], undefined],
  ])('%j chooses %j', (args, expected) => {
    expect(chosen(...args)).toEqual(expected);
  });

  it.each([[['--scenario', 'nothing']], [['--fast']], [['flow']]])('refuses %j', (args) => {
    expect(() => readCommand(args, KNOWN)).toThrow(UsageError);
  });
});

describe('a target', () => {
  it.each([
    [{ atLeast: 50 }, 50, true],
    [{ atLeast: 50 }, 49.9, false],
    [{ atMost: 5 }, 5, true],
    [{ atMost: 5 }, 5.1, false],
    [{ atMost: 5 }, NaN, false],
    [{ atLeast: 5 }, NaN, false],
    [{ exactly: 100 }, 100, true],
    [{ exactly: 100 }, 101, false],
  ])('%j with the value %d', (limit, value, met) => {
    expect(isMet({ name: 'x', value, limit, unit: '' })).toBe(met);
  });
});
