/** A piece of SQL with its own parameters, counted from `$1`. */
export interface Fragment {
  readonly text: string;
  readonly parameters: readonly unknown[];
}

/** A list of texts. */
export function textArray(values: readonly string[]): Fragment {
  return { text: '$1::text[]', parameters: [values] };
}

/** More shapes of statements than the service puts together. */
const MOST_TEXTS = 1_000;
const texts = new Map<string, string>();

/**
 * One statement of several fragments, each with its own numbers of parameters from `$1` on: they are counted on. The same
 * fragments make the same text, so that it can stay prepared.
 */
export function composed(
  fragments: readonly Fragment[],
  join: (texts: readonly string[]) => string,
): { text: string; parameters: unknown[] } {
  const parameters = fragments.flatMap((fragment) => [...fragment.parameters]);
  const key = fragments.map((fragment) => `${fragment.parameters.length} ${fragment.text}`).join('\n');
  const known = texts.get(key);
  if (known !== undefined) return { text: known, parameters };
  let offset = 0;
  const text = join(
    fragments.map((fragment) => {
      const numbered = renumbered(fragment.text, offset);
      offset += fragment.parameters.length;
      return numbered;
    }),
  );
  if (texts.size < MOST_TEXTS) texts.set(key, text);
  return { text, parameters };
}

function renumbered(text: string, offset: number): string {
  return offset === 0 ? text : text.replace(/\$(\d+)/g, (_, place: string) => `$${Number(place) + offset}`);
}
