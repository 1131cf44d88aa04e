import ts from 'typescript';

/** A test that cites a row of the acceptance list, as `// A-07` inside it or in the lines right above it. */
export interface Citation {
  readonly id: string;
  readonly file: string;
  /** The names of the groups and the test around the citation; empty when it stands at the head of a file. */
  readonly test: readonly string[];
}

const COMMENT_WITH_ID = /(?:\/\/|\/\*|^\s*\*).*\bA-\d{2}\b/;
const ID = /\bA-\d{2}\b/g;

/** Citations in the text of a TypeScript test file, from top to bottom. */
export function citationsIn(file: string, text: string): Citation[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const citations: Citation[] = [];
  let lineStart = 0;
  for (const line of text.split('\n')) {
    const comment = COMMENT_WITH_ID.exec(line)?.[0];
    // Where the line begins, not the comment: `it(…); // A-07` speaks of the test before it.
    const position = lineStart + line.search(/\S|$/);
    for (const id of new Set(comment?.match(ID))) citations.push({ id, file, test: testsAround(source, position) });
    lineStart += line.length + 1;
  }
  return citations;
}

function testsAround(source: ts.SourceFile, position: number): string[] {
  const names: string[] = [];
  // The full start of a statement includes the comments above it.
  const visit = (node: ts.Node): void => {
    if (position < node.getFullStart() || position >= node.end) return;
    const name = ts.isExpressionStatement(node) ? testName(node.expression) : undefined;
    if (name !== undefined) names.push(name);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

/** The name that `describe`, `it` or `test` gives, also behind `.each(…)`. */
function testName(node: ts.Node): string | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const [name] = node.arguments;
  if (name === undefined || !ts.isStringLiteralLike(name)) return undefined;
  return /^(?:describe|it|test)\b/.test(node.expression.getText()) ? name.text : undefined;
}
