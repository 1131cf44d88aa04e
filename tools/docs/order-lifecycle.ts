import { ORDER_TRANSITIONS } from '../../src/orders/domain/order-state.js';
import { code, generatedNotice, table } from './markdown.js';

type Transitions = Readonly<Record<string, readonly string[]>>;

/** docs/order-lifecycle.md: the table of allowed moves, as a table and as a picture. */
export function orderLifecyclePage(transitions: Transitions = ORDER_TRANSITIONS): string {
  const states = Object.entries(transitions);
  const [initial] = Object.keys(transitions);
  const moves = states.flatMap(([from, targets]) => targets.map((to) => `  ${from} --> ${to}`));
  const ends = states.filter(([, targets]) => targets.length === 0).map(([state]) => `  ${state} --> [*]`);
  return [
    generatedNotice('ORDER_TRANSITIONS in src/orders/domain/order-state.ts'),
    '# The life of an order',
    "Every other move is refused with `invalid_transition` and `Cannot transition from 'x' to 'y'`; the refused attempt is kept in the audit trail.",
    ['```mermaid', 'stateDiagram-v2', `  [*] --> ${initial ?? ''}`, ...moves, ...ends, '```'].join('\n'),
    table(
      ['From', 'To'],
      states.map(([from, targets]) => [
        code(from),
        targets.length === 0 ? 'nothing: terminal' : targets.map(code).join(', '),
      ]),
    ),
  ].join('\n\n');
}
