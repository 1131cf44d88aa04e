/** A table; the cells are Markdown already. Prettier aligns it afterwards. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(oneCell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function code(text: string): string {
  return `\`${text}\``;
}

/** A bar would end the cell and a line break the row. */
function oneCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');
}

/** What every generated page says first, so that nobody edits it by hand. */
export function generatedNotice(source: string): string {
  return `<!-- Generated from ${source} by \`npm run docs\`. Edit the source instead. -->`;
}
