/** For each state, the states it may become. A state with no way out is terminal. */
export type TransitionTable<State extends string> = Readonly<Record<State, readonly State[]>>;

/**
 * Checks a transition table when its module loads, so that a broken machine never serves a request: every state must be
 * reachable from the initial one, and no state may lead to itself.
 */
export function stateMachine<State extends string>(initial: NoInfer<State>, table: TransitionTable<State>) {
  const reachable = new Set<string>([initial]);
  for (const state of reachable) {
    for (const next of allowed(table, state)) reachable.add(next);
  }
  const problems = Object.keys(table).flatMap((state) => [
    ...(reachable.has(state) ? [] : [`${state} cannot be reached from ${initial}`]),
    ...(allowed(table, state).includes(state) ? [`${state} leads to itself`] : []),
  ]);
  if (problems.length > 0) throw new Error(`state machine: ${problems.join('; ')}`);

  return {
    initial,
    table,
    next: (from: State): readonly State[] => table[from],
    allows: (from: State, to: State): boolean => table[from].includes(to),
    isTerminal: (state: State): boolean => table[state].length === 0,
  };
}

function allowed(table: Readonly<Record<string, readonly string[]>>, state: string): readonly string[] {
  return table[state] ?? [];
}
