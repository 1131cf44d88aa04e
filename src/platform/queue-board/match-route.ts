export type RouteParameters = Readonly<Record<string, string>>;

/** The parameters of a path that fits a pattern such as `/api/queues/:queueName`; undefined where it does not fit. */
export function matchRoute(pattern: string, path: string): RouteParameters | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const parameters: [string, string][] = [];
  for (const [place, part] of wanted.entries()) {
    const value = given[place] ?? '';
    if (part.startsWith(':') && value !== '') parameters.push([part.slice(1), value]);
    else if (part !== value) return undefined;
  }
  return Object.fromEntries(parameters);
}
