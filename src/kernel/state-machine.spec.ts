import { stateMachine } from './state-machine.js';

describe('a state machine', () => {
  const machine = stateMachine<'open' | 'paid' | 'cancelled'>('open', {
    open: ['paid', 'cancelled'],
    paid: [],
    cancelled: [],
  });

  it('allows what its table lists and nothing else', () => {
    expect(machine.allows('open', 'paid')).toBe(true);
    expect(machine.allows('paid', 'open')).toBe(false);
    expect(machine.next('open')).toEqual(['paid', 'cancelled']);
  });

  it('is over where no state follows', () => {
    expect(machine.isTerminal('paid')).toBe(true);
    expect(machine.isTerminal('open')).toBe(false);
  });

  it('is refused when a state cannot be reached', () => {
    expect(() => stateMachine<'open' | 'paid' | 'lost'>('open', { open: ['paid'], paid: [], lost: ['paid'] })).toThrow(
      'state machine: lost cannot be reached from open',
    );
  });

  it('is refused when a state leads to itself', () => {
    expect(() => stateMachine<'open' | 'paid'>('open', { open: ['open', 'paid'], paid: [] })).toThrow(
      'state machine: open leads to itself',
    );
  });

  it('lists every fault at once', () => {
    expect(() => stateMachine<'a' | 'b'>('a', { a: ['a'], b: [] })).toThrow(
      'state machine: a leads to itself; b cannot be reached from a',
    );
  });

  it('may go round in a circle', () => {
    expect(() => stateMachine<'a' | 'b'>('a', { a: ['b'], b: ['a'] })).not.toThrow();
  });
});
