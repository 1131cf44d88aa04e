/** Members that must never reach a log, wherever in a line they stand. */
const SECRETS: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'client_secret',
  'token',
  'password',
  'secret',
  'payment_method',
  'card',
]);
const CENSOR = '[redacted]';
const DEEPEST = 8;

/**
 * What is to be logged, with `[redacted]` in place of secrets. What holds none is answered as it is; nothing is changed. One
 * walk, where the paths of pino's own redaction are a walk each and cost more than all the rest of a line.
 */
export function withoutSecrets<Logged extends object>(logged: Logged): Logged;
export function withoutSecrets(logged: object, depth?: number): object;
export function withoutSecrets(logged: object, depth = 1): object {
  let copy: object | undefined;
  for (const [name, member] of Object.entries(logged)) {
    const shown = shownAs(name, member, depth);
    if (shown === member) continue;
    copy ??= Array.isArray(logged) ? [...logged] : { ...logged };
    Reflect.set(copy, name, shown);
  }
  return copy ?? logged;
}

function shownAs(name: string, member: unknown, depth: number): unknown {
  if (SECRETS.has(name)) return CENSOR;
  if (typeof member !== 'object' || member === null) return member;
  // An error under pino's own name for it becomes an object only later, and is looked through then.
  if (name === 'err' && member instanceof Error) return member;
  // Nothing of ours is as deep: what is has come from outside, or goes in circles.
  return depth === DEEPEST ? CENSOR : withoutSecrets(member, depth + 1);
}
